internal import Foundation
internal import GRDB
internal import ThinGRPCGuarding

/// How long the connection that writes waits for other processes that have the database locked.
///
/// SQLite's own busy timeout begins anew at each try. A write that has waited behind another's try would then wait up to twice
/// as long as it was told; here the end is that of the write that has waited longest.
final class LockPatience: Sendable {
  private let timeout: Duration
  private let deadlines = Guarded(Deadlines())

  private struct Deadlines {
    /// Of all waits, where it was given.
    var given: ContinuousClock.Instant?
    /// Of the wait that goes on.
    var own: ContinuousClock.Instant?
  }

  init(timeout: Duration) {
    self.timeout = timeout
  }

  /// For the connection's configuration.
  var busyMode: Database.BusyMode {
    .callback { tries in self.waits(try: tries) }
  }

  /// Sets the end of the waits to come, counted from the time when what waits longest began to; nil for each wait's own.
  func begin(at start: ContinuousClock.Instant?) {
    deadlines.withLock { $0.given = start.map { $0 + timeout } }
  }

  /// SQLite asks this from the thread that would wait, and tries again if it is told so.
  private func waits(try tries: Int) -> Bool {
    let now = ContinuousClock.now
    let end = deadlines.withLock { deadlines in
      if let given = deadlines.given { return given }
      let own = tries == 0 ? now + timeout : deadlines.own ?? now + timeout
      deadlines.own = own
      return own
    }
    guard now < end else { return false }
    // As SQLite does it: soon at first, then less often.
    let wait = min(Duration.milliseconds(min(1 + tries * 3, 50)), end - now)
    Thread.sleep(forTimeInterval: wait / .seconds(1))
    return true
  }
}
