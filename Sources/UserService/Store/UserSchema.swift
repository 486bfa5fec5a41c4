internal import GRDB
internal import ThinGRPCProtobuf
internal import ThinGRPCWellKnownTypes
internal import UserProtos

/// The database's schema, and how a user is written in it.
enum UserSchema {
  /// Every version of the schema, oldest first. A migration is never changed once released: a new one is added.
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("users") { database in
      // WITHOUT ROWID keeps the rows in the order of their ids: listing reads them in sequence, and a user is
      // found in one tree. STRICT keeps the types, so that no row can be read as something else. E-mail
      // addresses that differ in ASCII case only are one address.
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
    return migrator
  }

  /// The columns of `users`, in the order that `user(_:)` reads.
  static let columns = "id, email, name, plan, created_seconds, created_nanos"

  static func user(_ row: Row) -> User {
    .with {
      $0.id = row[0]
      $0.email = row[1]
      $0.name = row[2]
      $0.plan = UserPlan(rawValue: row[3])
      $0.createdAt = .with {
        $0.seconds = row[4]
        $0.nanos = row[5]
      }
    }
  }
}
