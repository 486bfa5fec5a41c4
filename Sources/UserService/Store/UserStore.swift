internal import Foundation
internal import GRDB
internal import Glibc
public import Logging
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
  private let condition: StoreCondition
  private let check: BackgroundCheck?
  private let patience: LockPatience
  private let logger: Logger

  /// Opens the store, creating or migrating it where needed. Blocks while it does: call it before serving.
  ///
  /// A new file is for its owner alone (mode 0600), and so are the files that SQLite keeps beside it; a file that others may
  /// read is opened with a warning. Meanwhile the process's mode mask is changed: make no other files at the same time. Open a file
  /// once in a process: SQLite's locks are the process's.
  ///
  /// - Parameters:
  ///   - location: where the users are.
  ///   - busyTimeout: how long a write waits for another process that has the database locked before it fails as
  ///     unavailable.
  ///   - logger: is told of damage, of files that are gone, and of what else is wrong with the store.
  /// - Throws: `StoreError.cannotOpen`, also for a file that cannot be written.
  public init(at location: Location, busyTimeout: Duration = .seconds(5), logger: Logger) throws(StoreError) {
    let patience = LockPatience(timeout: busyTimeout)
    let mask = umask(0o077)
    defer { umask(mask) }
    do {
      let files: StoreFiles
      switch location {
      case .memory:
        database = try DatabaseQueue(configuration: Configuration())
        files = StoreFiles()
        try UserSchema.migrator.migrate(database)
      case .file(let path):
        Self.lookAtLog(besideFileAtPath: path, logger: logger)
        let configuration = Self.configuration(busyTimeout: busyTimeout, patience: patience)
        let pool = try DatabasePool(path: Self.literal(path), configuration: configuration)
        database = pool
        try Self.prepare(pool)
        files = try pool.writeWithoutTransaction { database in
          try StoreFiles(of: database, openedAt: Self.literal(path))
        }
      }
      guard try database.read(UserSchema.migrator.hasBeenSuperseded) == false else {
        throw StoreError.failed("it was written by a newer version")
      }
      condition = StoreCondition(of: files, logger: logger)
      if !files.exposed.isEmpty {
        logger.warning(
          "others than its owner may use the store's files",
          metadata: ["paths": .array(files.exposed.map { "\($0)" })])
      }
    } catch {
      let path = if case .file(let path) = location { path } else { ":memory:" }
      switch StoreError(error) {
      case .failed(let reason), .unavailable(let reason): throw .cannotOpen(path: path, reason: reason)
      case .damaged(let reason): throw .cannotOpen(path: path, reason: "it is damaged: \(reason)")
      case let other: throw other
      }
    }
    self.patience = patience
    self.logger = logger
    writes = GroupCommit(database, condition: condition, patience: patience)
    check =
      if case .file(let path) = location {
        BackgroundCheck(ofFileAtPath: Self.literal(path), condition: condition, logger: logger)
      } else { nil }
  }

  /// Says what SQLite keeps to itself: that a part of the `-wal` was lost.
  private static func lookAtLog(besideFileAtPath path: String, logger: Logger) {
    let file = resolved(path)
    guard let log = WriteAheadLog(besideFileAtPath: file), let complaint = log.complaint else { return }
    let metadata: Logger.Metadata = ["path": "\(file)-wal", "complaint": "\(complaint)"]
    if log.hasLostWrites {
      logger.error("the store's -wal was cut", metadata: metadata)
    } else {
      logger.notice("the store's -wal is not whole", metadata: metadata)
    }
  }

  /// The file that a path leads to; SQLite keeps its other files beside that one.
  static func resolved(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().path
  }

  /// The path as SQLite takes it for a path: what begins with `file:` is a URI to it, and what begins with a colon no file.
  private static func literal(_ path: String) -> String {
    path.hasPrefix("file:") || path.hasPrefix(":") ? "./\(path)" : path
  }

  private static func configuration(busyTimeout: Duration, patience: LockPatience) -> Configuration {
    var configuration = Configuration()
    configuration.busyMode = patience.busyMode
    configuration.prepareDatabase { database in
      // A page whose cells lie outside it is an error, not whatever is there.
      try database.execute(sql: "PRAGMA cell_size_check = ON")
      // GRDB gives the connections that read a timeout of its own.
      guard database.configuration.readonly else { return }
      try database.execute(sql: "PRAGMA busy_timeout = \(Int(busyTimeout / .milliseconds(1)))")
    }
    return configuration
  }

  private static func prepare(_ pool: DatabasePool) throws {
    try pool.writeWithoutTransaction { database in
      // After the pool is open, because the pool itself chooses NORMAL, which loses the last commits in a power cut.
      try database.execute(sql: "PRAGMA synchronous = FULL")
    }
    try UserSchema.migrator.migrate(pool)
    do {
      // SQLite opens a file that it may not write for reading, and says so at the first write.
      try pool.writeWithoutTransaction { database in
        try database.inTransaction(.immediate) { .rollback }
      }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
      // Another process writes: it can be written, then.
    }
  }

  /// Whether the store does its work. Looks at its files: some microseconds.
  var readiness: StoreReadiness { condition.readiness }

  /// Looks at the store's files every few seconds until the task is cancelled. That one was deleted or replaced, and that it
  /// is back, is logged: also while nobody writes.
  public func watchFiles() async {
    repeat {
      _ = readiness
      try? await Task.sleep(for: .seconds(2))
    } while !Task.isCancelled
  }

  /// Starts to look at every page and row in the background, once, and logs what it finds. Calls come first: see
  /// `BackgroundCheck`.
  public func checkInBackground() { check?.start() }

  /// Moves all that was written into the file itself, so that a copy of it is a backup, and closes the database. Every call must
  /// have ended before; a call after it fails.
  ///
  /// Where another process uses the store, a part may stay in the file beside it that ends in `-wal`; that is logged.
  ///
  /// - Throws: `StoreError` when the database cannot be closed; `StoreError.displaced` when it was closed, and its file had been
  ///   deleted or replaced: what was written is not there.
  public func close() throws(StoreError) {
    check?.stop()
    if database is DatabasePool {
      patience.begin(at: .now)
      do {
        _ = try database.barrierWriteWithoutTransaction { database in try database.checkpoint(.truncate) }
      } catch {
        logger.warning(
          "not all is in the store's file: what is beside it with -wal belongs to it",
          metadata: ["reason": "\(StoreError(error))"])
      }
    }
    let presence = Result { () throws(StoreError) in try condition.requireMainFile() }
    do { try database.close() } catch { throw StoreError(error) }
    try presence.get()
  }

  /// The user with the given id, or nil.
  ///
  /// - Throws: `StoreError` when the database fails or the task is cancelled.
  public func user(id: String) async throws(StoreError) -> User? {
    try await read { database in try UserSchema.user(withID: id, in: database) }
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
  ///   - byteLimit: ends the page with the user that reaches this, counted as `footprint(of:)` does.
  /// - Throws: `StoreError` when the database fails, a row is damaged or the task is cancelled.
  func users(
    after id: String, containing filter: String, limit: Int, byteLimit: Int
  ) async throws(StoreError) -> [User] {
    let matching = filter.isEmpty ? "" : "AND (instr(email, :filter) > 0 OR instr(name, :filter) > 0)"
    var arguments: StatementArguments = ["id": id, "limit": limit]
    if !filter.isEmpty { arguments += ["filter": filter] }
    return try await read { [arguments] database in
      let statement = try database.cachedStatement(
        sql: "SELECT \(UserSchema.columns) FROM users WHERE id > :id \(matching) ORDER BY id LIMIT :limit")
      let rows = try Row.fetchCursor(statement, arguments: arguments)
      var users: [User] = []
      var (last, bytes) = (id, 0)
      while bytes < byteLimit, let user = try rows.next().map(UserSchema.user) {
        // A page of the table that was written to another's place has sound rows.
        guard UserSchema.isOrdered(last, before: user.id) else {
          throw StoreError.damaged("the rows are not in the order of their ids")
        }
        last = user.id
        bytes += Self.footprint(of: user)
        users.append(user)
      }
      return users
    }
  }

  /// About what a user takes up in memory, in bytes.
  static func footprint(of user: User) -> Int {
    128 + user.id.utf8.count + user.email.utf8.count + user.name.utf8.count
  }

  /// Makes the writes in their order and returns, once they are durable, what became of each.
  func apply(_ writes: [UserWrite]) async throws(StoreError) -> [UserWrite.Outcome] {
    try await self.writes.commit(writes)
  }

  private func read<Value: Sendable>(
    _ query: @escaping @Sendable (Database) throws -> Value
  ) async throws(StoreError) -> Value {
    do {
      return try await database.read(query)
    } catch {
      let failure = StoreError(error)
      if case .damaged(let damage) = failure { condition.found(damage: damage) }
      throw failure
    }
  }
}
