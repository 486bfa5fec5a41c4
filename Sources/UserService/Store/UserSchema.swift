internal import GRDB
internal import ThinGRPCProtobuf
internal import ThinGRPCWellKnownTypes
internal import UserProtos

/// The database's schema, and how a user is written in it and read from it.
enum UserSchema {
  /// Every version of the schema, oldest first. A migration is never changed once released: a new one is added.
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration(first) { database in
      // WITHOUT ROWID keeps the rows in the order of their ids: listing reads them in sequence, and a user is
      // found in one tree. STRICT keeps the types. E-mail addresses that differ in ASCII case only are one address.
      try database.execute(
        sql: """
          CREATE TABLE users (
            id TEXT NOT NULL PRIMARY KEY,
            email TEXT NOT NULL COLLATE NOCASE UNIQUE,
            name TEXT NOT NULL,
            plan INTEGER NOT NULL CHECK (plan BETWEEN 1 AND 3),
            created_seconds INTEGER NOT NULL,
            created_nanos INTEGER NOT NULL CHECK (created_nanos BETWEEN 0 AND 999999999)
          ) STRICT, WITHOUT ROWID
          """)
    }
    migrator.registerMigration(checksums, migrate: addChecksums)
    return migrator
  }

  /// The name of the migration that made the store.
  static let first = "users"
  /// The name of the migration that added the checksums.
  static let checksums = "checksums"

  /// The columns of `users`, in the order of `user(_:)` and `arguments(of:)`.
  static let columns = "id, email, name, plan, created_seconds, created_nanos, checksum"

  /// The user with the given id, or nil.
  ///
  /// - Throws: `StoreError.damaged`, also for another's row: in a damaged tree SQLite may arrive at any.
  static func user(withID id: String, in database: Database) throws -> User? {
    let statement = try database.cachedStatement(sql: "SELECT \(columns) FROM users WHERE id = ?")
    guard let user = try Row.fetchOne(statement, arguments: [id]).map(user) else { return nil }
    guard user.id.utf8.elementsEqual(id.utf8) else {
      throw StoreError.damaged("\(description(ofRow: user.id)) is in another's place")
    }
    return user
  }

  /// The user in a row, if it is what was written.
  ///
  /// - Throws: `StoreError.damaged`.
  static func user(_ row: Row) throws(StoreError) -> User {
    let user: User
    let checksum: Int64
    do {
      user = try uncheckedUser(row)
      checksum = try row.decode(atIndex: 6)
    } catch {
      // GRDB's error has the whole row in its text.
      let id = try? row.decode(String.self, atIndex: 0)
      throw .damaged("\(description(ofRow: id ?? "")) has a column that cannot be read")
    }
    guard checksum == self.checksum(of: user) else {
      throw .damaged("\(description(ofRow: user.id)) is not as it was written")
    }
    return user
  }

  /// A damaged file can have anything in any column, whatever the schema says. So nothing is read with GRDB's subscripts,
  /// which trap at what they do not expect.
  static func uncheckedUser(_ row: Row) throws -> User {
    try .with {
      $0.id = try row.decode(atIndex: 0)
      $0.email = try row.decode(atIndex: 1)
      $0.name = try row.decode(atIndex: 2)
      $0.plan = UserPlan(rawValue: try row.decode(atIndex: 3))
      $0.createdAt = try .with {
        $0.seconds = try row.decode(atIndex: 4)
        $0.nanos = try row.decode(atIndex: 5)
      }
    }
  }

  static func arguments(of user: User) -> StatementArguments {
    [
      user.id, user.email, user.name, user.plan.rawValue, user.createdAt.seconds, user.createdAt.nanos,
      checksum(of: user),
    ]
  }

  /// What is stored beside a user, so that a change that nobody made is seen.
  static func checksum(of user: User) -> Int64 {
    var checksum = RowChecksum()
    checksum.combine(user.id)
    checksum.combine(user.email)
    checksum.combine(user.name)
    checksum.combine(UInt64(truncatingIfNeeded: user.plan.rawValue))
    checksum.combine(UInt64(bitPattern: user.createdAt.seconds))
    checksum.combine(UInt64(truncatingIfNeeded: user.createdAt.nanos))
    return checksum.value
  }

  /// Whether an id comes before another in the table, which is ordered by their bytes.
  static func isOrdered(_ id: String, before next: String) -> Bool {
    // Swift's own order is that of the bytes for ASCII, and ten times as fast.
    id < next || id.utf8.lexicographicallyPrecedes(next.utf8)
  }

  /// Names a row in the log. An id that this service made tells nothing about anybody; one that a client chose might.
  static func description(ofRow id: String) -> String {
    let isOurs = id.wholeMatch(of: /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/) != nil
    if isOurs { return "row \(id)" }
    var hash = RowChecksum()
    hash.combine(id)
    return "the row whose id hashes to \(String(UInt64(bitPattern: hash.value), radix: 16))"
  }
}
