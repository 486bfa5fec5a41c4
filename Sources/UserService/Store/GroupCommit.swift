internal import GRDB
internal import ThinGRPCGuarding
internal import UserProtos

/// Commits writes, all that are waiting in one transaction.
///
/// A commit waits for the disk, and that wait costs the same for one write as for a thousand. So the writes that
/// arrive while a transaction is committed are gathered, and the next transaction takes them all. A write that
/// finds nothing running starts at once. Everything happens on the database's own writer thread.
final class GroupCommit: Sendable {
  /// The writes that may wait; more are refused as `unavailable`, so that a slow disk cannot fill the memory.
  static let waitingLimit = 100_000
  /// The writes after which a transaction takes no more callers, so that none waits long behind many.
  static let groupLimit = 2_000

  private struct Submission {
    let writes: [UserWrite]
    let start = ContinuousClock.now
    let continuation: CheckedContinuation<Result<[UserWrite.Outcome], StoreError>, Never>
  }

  private struct State {
    var waiting: [Submission] = []
    var waitingCount = 0
    var isDraining = false
  }

  private let database: any DatabaseWriter
  private let condition: StoreCondition
  private let patience: LockPatience
  private let state = Guarded(State())

  init(_ database: any DatabaseWriter, condition: StoreCondition, patience: LockPatience) {
    self.database = database
    self.condition = condition
    self.patience = patience
  }

  /// Makes the writes in their order and returns, once they are durable, what became of each.
  ///
  /// - Throws: `StoreError` when the database failed: none of the writes was made then. Only with `displaced` they may have
  ///   been made, to a file that is gone.
  func commit(_ writes: [UserWrite]) async throws(StoreError) -> [UserWrite.Outcome] {
    guard !writes.isEmpty else { return [] }
    let result = await withCheckedContinuation { continuation in
      submit(Submission(writes: writes, continuation: continuation))
    }
    return try result.get()
  }

  private enum Step {
    case wait, drain, refuse
  }

  private func submit(_ submission: Submission) {
    let step: Step = state.withLock { state in
      guard state.waitingCount + submission.writes.count <= Self.waitingLimit else { return .refuse }
      state.waiting.append(submission)
      state.waitingCount += submission.writes.count
      guard !state.isDraining else { return .wait }
      state.isDraining = true
      return .drain
    }
    switch step {
    case .wait: return
    case .drain: database.asyncWriteWithoutTransaction { database in self.drain(into: database) }
    case .refuse:
      submission.continuation.resume(returning: .failure(.unavailable("too many writes are waiting")))
    }
  }

  /// Commits group after group until nothing waits. Runs on the writer thread.
  private func drain(into database: Database) {
    while let group = takeGroup() { commit(group, into: database) }
  }

  private func commit(_ group: [Submission], into database: Database) {
    let failure: StoreError
    do {
      let outcomes = try transact(group, in: database)
      for (submission, outcomes) in zip(group, outcomes) {
        submission.continuation.resume(returning: .success(outcomes))
      }
      return
    } catch {
      failure = StoreError(error)
    }
    switch failure {
    case .damaged, .failed:
      // What the writes of one caller met is nothing to the others.
      guard group.count == 1 else { return group.forEach { commit([$0], into: database) } }
    case .cannotOpen, .displaced, .unavailable, .cancelled: break
    }
    if case .damaged(let damage) = failure { condition.found(damage: damage) }
    for submission in group { submission.continuation.resume(returning: .failure(failure)) }
  }

  /// Makes the writes of a group durable, all or none.
  private func transact(_ group: [Submission], in database: Database) throws -> [[UserWrite.Outcome]] {
    try condition.requireFiles()
    patience.begin(at: group.first?.start)
    defer { patience.begin(at: nil) }
    var outcomes: [[UserWrite.Outcome]] = []
    try database.inTransaction(.immediate) {
      outcomes = try group.map { submission in
        try submission.writes.map { write in try write.apply(to: database) }
      }
      return .commit
    }
    // Only now is it known that the commit went to a file that is still there.
    try condition.requireFiles()
    return outcomes
  }

  /// The submissions of the next transaction, at least one, or nil when nothing waits any more.
  private func takeGroup() -> [Submission]? {
    state.withLock { state in
      guard !state.waiting.isEmpty else {
        state.isDraining = false
        return nil
      }
      var count = 0
      let end = state.waiting.firstIndex { submission in
        defer { count += submission.writes.count }
        return count >= Self.groupLimit
      }
      let group = Array(state.waiting[..<(end ?? state.waiting.endIndex)])
      state.waiting.removeFirst(group.count)
      state.waitingCount -= group.reduce(0) { $0 + $1.writes.count }
      return group
    }
  }
}
