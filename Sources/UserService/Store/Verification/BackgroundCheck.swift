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

  private enum Phase {
    case idle, running, stopping, ended
  }

  private struct State {
    var phase = Phase.idle
    /// The connection, while there is one.
    var reader: DatabaseQueue?
  }

  private let path: String
  private let condition: StoreCondition
  private let logger: Logger
  private let state = Guarded(State())
  private let hasEnded = DispatchSemaphore(value: 0)

  init(ofFileAtPath path: String, condition: StoreCondition, logger: Logger) {
    self.path = path
    self.condition = condition
    self.logger = logger
  }

  /// Starts, once.
  func start() {
    let starts = state.withLock { state in
      guard state.phase == .idle else { return false }
      state.phase = .running
      return true
    }
    guard starts else { return }
    let thread = Thread { [self] in
      // Of this thread: Linux gives each a niceness of its own.
      setpriority(Int32(PRIO_PROCESS.rawValue), 0, 19)
      run()
      state.withLock { state in state = State(phase: .ended) }
      hasEnded.signal()
    }
    thread.name = "userd-check"
    thread.start()
  }

  /// Ends it, and returns once it has.
  func stop() {
    let isRunning = state.withLock { state in
      let isRunning = state.phase == .running
      state.phase = isRunning ? .stopping : .ended
      return isRunning
    }
    guard isRunning else { return }
    // An interrupt ends what runs: a statement that begins a moment later has not noticed it.
    repeat {
      state.withLock { $0.reader }?.interrupt()
    } while hasEnded.wait(timeout: .now() + .milliseconds(20)) == .timedOut
  }

  private var isStopped: Bool { state.withLock { $0.phase != .running } }

  private func run() {
    let start = ContinuousClock.now
    var verification = StoreVerification()
    var isComplete = false
    do {
      let reader = try DatabaseQueue(path: path, configuration: UserStore.readOnly)
      state.withLock { $0.reader = reader }
      guard !isStopped else { return }
      try reader.read { database in try verification.readPages(of: database, depth: .quick) }
      var last: String? = ""
      while let id = last, !isStopped {
        let start = ContinuousClock.now
        last = try reader.read { database in
          try verification.readRows(of: database, after: id, limit: Self.batch)
        }
        Thread.sleep(forTimeInterval: min((ContinuousClock.now - start) * 4 / .seconds(1), 1))
      }
      isComplete = last == nil
    } catch {
      switch StoreError(error) {
      case .damaged(let damage): verification.found(damage)
      case .cancelled: break
      case let failure: logger.warning("the check of the store failed", metadata: ["error": "\(failure)"])
      }
    }
    let duration = ContinuousClock.now - start
    if isComplete, verification.isSound {
      logger.info(
        "the store is sound",
        metadata: [
          "users": "\(verification.soundUsers)", "seconds": "\(Int(duration / .seconds(1)))",
        ])
    }
    for damage in verification.damage {
      condition.found(damage: damage)
      logger.error("the check of the store found damage", metadata: ["damage": "\(damage)"])
    }
  }
}
