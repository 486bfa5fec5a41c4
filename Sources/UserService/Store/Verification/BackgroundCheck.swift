internal import Foundation
internal import GRDB
internal import Glibc
internal import Logging
internal import ThinGRPCGuarding

/// Looks at every page and row of a store while it is served.
///
/// It has a connection and a thread of its own. The thread has the lowest priority there is (niceness 19), so that it
/// runs where nobody else would, and between batches of rows it rests. SQLite's look at the pages is one statement; it
/// holds a snapshot, so that the `-wal` grows meanwhile by what is written.
final class BackgroundCheck: Sendable {
  /// The rows that are read at once.
  private static let batch = 500

  private enum State: Sendable {
    case idle, running(DatabaseQueue?), stopped
  }

  private let path: String
  private let condition: StoreCondition
  private let logger: Logger
  private let state = Guarded(State.idle)
  private let hasEnded = DispatchSemaphore(value: 0)

  init(ofFileAtPath path: String, condition: StoreCondition, logger: Logger) {
    self.path = path
    self.condition = condition
    self.logger = logger
  }

  /// Starts, once.
  func start() {
    let starts = state.withLock { state in
      guard case .idle = state else { return false }
      state = .running(nil)
      return true
    }
    guard starts else { return }
    let thread = Thread { [self] in
      // Of this thread: Linux gives each a niceness of its own.
      setpriority(Int32(PRIO_PROCESS.rawValue), 0, 19)
      run()
      hasEnded.signal()
    }
    thread.name = "userd-check"
    thread.start()
  }

  /// Ends it, and returns once it has.
  func stop() {
    let before = state.withLock { state in
      defer { state = .stopped }
      return state
    }
    guard case .running(let reader) = before else { return }
    reader?.interrupt()
    hasEnded.wait()
  }

  private var isStopped: Bool {
    state.withLock { state in
      if case .stopped = state { true } else { false }
    }
  }

  private func run() {
    let start = ContinuousClock.now
    var verification = StoreVerification()
    do {
      let reader = try DatabaseQueue(path: path, configuration: UserStore.readOnly)
      let goesOn = state.withLock { state in
        guard case .running = state else { return false }
        state = .running(reader)
        return true
      }
      guard goesOn else { return }
      try reader.read { database in try verification.readPages(of: database, depth: .quick) }
      var last: String? = ""
      while let id = last, !isStopped {
        let start = ContinuousClock.now
        last = try reader.read { database in
          try verification.readRows(of: database, after: id, limit: Self.batch)
        }
        Thread.sleep(forTimeInterval: min((ContinuousClock.now - start) * 4 / .seconds(1), 1))
      }
    } catch {
      switch StoreError(error) {
      case .damaged(let damage): verification.found(damage)
      case .cancelled: return
      case let failure: logger.warning("the check of the store failed", metadata: ["error": "\(failure)"])
      }
    }
    report(verification, after: ContinuousClock.now - start)
  }

  private func report(_ verification: StoreVerification, after duration: Duration) {
    guard !isStopped else { return }
    guard !verification.isSound else {
      logger.info(
        "the store is sound",
        metadata: [
          "users": "\(verification.soundUsers)", "seconds": "\(Int(duration / .seconds(1)))",
        ])
      return
    }
    for damage in verification.damage {
      condition.found(damage: damage)
      logger.error("the check of the store found damage", metadata: ["damage": "\(damage)"])
    }
  }
}
