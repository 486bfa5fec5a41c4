internal import Foundation
internal import GRDB

extension UserStore {
  /// Looks at every page and every row of a store, and changes nothing. A process that serves it may go on.
  ///
  /// Blocks for as long as it takes: about two seconds of CPU for a million users.
  ///
  /// - Parameter path: the store's file.
  /// - Throws: `StoreError.cannotOpen` for what cannot be read or is no store.
  public static func verify(fileAtPath path: String) throws(StoreError) -> StoreVerification {
    var verification = StoreVerification()
    guard FileStatus(atPath: path) != nil else {
      throw .cannotOpen(path: path, reason: "there is no such file")
    }
    do {
      let reader = try DatabaseQueue(path: readOnlyPath(path), configuration: readOnly)
      try reader.read { database in
        guard try database.tableExists("users") else { throw StoreError.failed("it has no users") }
        guard try !UserSchema.migrator.hasBeenSuperseded(database) else {
          throw StoreError.failed("it was written by a newer version")
        }
        let migrations = try UserSchema.migrator.appliedIdentifiers(database)
        if !migrations.contains(UserSchema.first) {
          verification.found("the list of its versions is incomplete")
        }
        verification.hasChecksums = migrations.contains(UserSchema.checksums)
        try verification.readPages(of: database, depth: .full)
        guard verification.hasChecksums else { return }
        let expected = try DatabaseQueue()
        try UserSchema.migrator.migrate(expected)
        if try tables(of: database) != expected.read(tables) {
          verification.found("the schema is not as it was written")
        }
        _ = try verification.readRows(of: database, after: "", limit: .max)
      }
    } catch {
      switch StoreError(error) {
      case .damaged(let damage): verification.found(damage)
      case .failed(let reason), .unavailable(let reason): throw .cannotOpen(path: path, reason: reason)
      case let other: throw other
      }
    }
    return verification
  }

  /// How the tables were made, without white space. There may be others, of other programs.
  private static func tables(of database: Database) throws -> [String] {
    let tables = try String.fetchAll(
      database,
      sql:
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name IN ('users', 'grdb_migrations') ORDER BY name"
    )
    return tables.map { table in table.filter { !$0.isWhitespace } }
  }

  /// The configuration of a connection that never writes.
  static var readOnly: Configuration {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.prepareDatabase { database in try database.execute(sql: "PRAGMA cell_size_check = ON") }
    return configuration
  }

  /// The path under which SQLite opens a file without making the ones that it keeps beside it: those are made even for a
  /// connection that only reads. Where they are, somebody may be writing, and they are needed.
  private static func readOnlyPath(_ path: String) -> String {
    let file = resolved(path)
    guard FileStatus(atPath: "\(file)-wal") == nil, FileStatus(atPath: "\(file)-shm") == nil else {
      return file
    }
    let escaped = file.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? file
    return "file:\(escaped)?immutable=1"
  }
}
