import Dispatch
import GRDB
import ThinGRPCGuarding

@testable import UserService

/// Counts the transactions that a store commits.
final class CommitCounter: TransactionObserver, Sendable {
  private let commits = Guarded(0)
  var count: Int { commits.withLock { $0 } }

  func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
  func databaseDidChange(with event: DatabaseEvent) {}
  func databaseDidCommit(_ database: Database) { commits.withLock { $0 += 1 } }
  func databaseDidRollback(_ database: Database) {}
}

extension UserStore {
  func observe(_ observer: CommitCounter) {
    database.add(transactionObserver: observer, extent: .observerLifetime)
  }

  /// The value of a pragma on the connection that writes.
  func setting(_ pragma: String) async throws -> String? {
    try await database.writeWithoutTransaction { database in
      try String.fetchOne(database, sql: "PRAGMA \(pragma)")
    }
  }
}

/// A write lock on a database, held by another connection until it is released.
final class Lock: Sendable {
  private let mayEnd = DispatchSemaphore(value: 0)
  private let hasEnded = DispatchSemaphore(value: 0)

  /// Returns once the lock is held.
  init(of database: DatabaseQueue) throws {
    let isHeld = DispatchSemaphore(value: 0)
    database.asyncWriteWithoutTransaction { [mayEnd, hasEnded] database in
      try? database.execute(sql: "BEGIN IMMEDIATE")
      isHeld.signal()
      mayEnd.wait()
      try? database.execute(sql: "ROLLBACK")
      hasEnded.signal()
    }
    isHeld.wait()
  }

  func release() {
    mayEnd.signal()
    hasEnded.wait()
  }
}
