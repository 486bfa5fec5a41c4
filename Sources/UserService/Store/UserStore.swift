internal import GRDB
public import UserProtos

/// The users, in a SQLite database.
///
/// A write that returned is on disk: it survives `kill -9` and a power cut. The file is in WAL mode with
/// `synchronous = FULL`, so that every commit waits for the disk, and writes that arrive together share a commit.
///
/// **No caller is ever blocked.** The database works on threads of its own, one that writes and a few that read
/// (GRDB's `DatabasePool`); every method here suspends its task until one of them has answered. So a slow disk or a
/// database that another process has locked holds up the calls that wait for it, and no queue of the gRPC core:
/// other calls go on, readers also beside a writer. A lock is waited for as long as
/// the busy timeout says.
public final class UserStore: Sendable {
  /// Where users are kept.
  public enum Location: Sendable, Hashable {
    /// In a SQLite file, created where it does not exist. The folder must exist.
    case file(String)
    /// In memory, gone with the store.
    case memory
  }

  let database: any DatabaseWriter
  private let writes: GroupCommit

  /// Opens the store, creating or migrating it where needed. Blocks while it does: call it before serving.
  ///
  /// - Parameters:
  ///   - location: where the users are.
  ///   - busyTimeout: how long a write waits for another process that has the database locked before it fails as
  ///     unavailable.
  /// - Throws: `StoreError.cannotOpen`.
  public init(at location: Location, busyTimeout: Duration = .seconds(5)) throws(StoreError) {
    var configuration = Configuration()
    configuration.busyMode = .timeout(busyTimeout / .seconds(1))
    do {
      switch location {
      case .memory: database = try DatabaseQueue(configuration: configuration)
      case .file(let path): database = try DatabasePool(path: path, configuration: configuration)
      }
      // After the pool is open, because the pool itself chooses NORMAL, which loses the last commits in a power cut.
      try database.writeWithoutTransaction { database in
        try database.execute(sql: "PRAGMA synchronous = FULL")
      }
      try UserSchema.migrator.migrate(database)
      guard try database.read(UserSchema.migrator.hasBeenSuperseded) == false else {
        throw StoreError.failed("it was written by a newer version")
      }
    } catch {
      let path = if case .file(let path) = location { path } else { ":memory:" }
      switch error as? StoreError ?? StoreError(error) {
      case .failed(let reason), .unavailable(let reason): throw .cannotOpen(path: path, reason: reason)
      case let other: throw other
      }
    }
    writes = GroupCommit(database)
  }

  /// Closes the database. Every call must have ended before; a call after it fails.
  ///
  /// - Throws: `StoreError` when the database cannot be closed.
  public func close() throws(StoreError) {
    do { try database.close() } catch { throw StoreError(error) }
  }

  /// The user with the given id, or nil.
  ///
  /// - Throws: `StoreError` when the database fails or the task is cancelled.
  public func user(id: String) async throws(StoreError) -> User? {
    try await read { database in
      let statement = try database.cachedStatement(
        sql: "SELECT \(UserSchema.columns) FROM users WHERE id = ?")
      return try Row.fetchOne(statement, arguments: [id]).map(UserSchema.user)
    }
  }

  /// The first users after an id, in the order of their ids (by their bytes).
  ///
  /// A cancelled task interrupts the query, also one that searches a million users for a filter that none matches.
  ///
  /// - Parameters:
  ///   - id: where the page starts, itself not included; the empty string is before every id.
  ///   - filter: text that the e-mail address or the name contains, as it is: case counts, no character is a
  ///     wildcard. Empty for every user.
  ///   - limit: how many users at most.
  /// - Throws: `StoreError` when the database fails or the task is cancelled.
  public func users(after id: String, containing filter: String, limit: Int) async throws(StoreError)
    -> [User]
  {
    let matching = filter.isEmpty ? "" : "AND (instr(email, :filter) > 0 OR instr(name, :filter) > 0)"
    var arguments: StatementArguments = ["id": id, "limit": limit]
    if !filter.isEmpty { arguments += ["filter": filter] }
    return try await read { [arguments] database in
      let statement = try database.cachedStatement(
        sql: "SELECT \(UserSchema.columns) FROM users WHERE id > :id \(matching) ORDER BY id LIMIT :limit")
      return try Array(Row.fetchCursor(statement, arguments: arguments).map(UserSchema.user))
    }
  }

  /// Makes the writes in their order and returns, once they are durable, what became of each.
  func apply(_ writes: [UserWrite]) async throws(StoreError) -> [UserWrite.Outcome] {
    try await self.writes.commit(writes)
  }

  private func read<Value: Sendable>(
    _ query: @escaping @Sendable (Database) throws -> Value
  ) async throws(StoreError) -> Value {
    do { return try await database.read(query) } catch { throw StoreError(error) }
  }
}
