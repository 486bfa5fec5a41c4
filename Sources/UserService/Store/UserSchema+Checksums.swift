internal import GRDB
internal import UserProtos

extension UserSchema {
  /// The rows that the migration holds in memory at once.
  private static let migrationBatch = 1_000

  /// Adds the checksums to a store that was written without.
  ///
  /// A row that cannot be read keeps a checksum that is wrong: it is reported when it is asked for, and the rest is served.
  static func addChecksums(to database: Database) throws {
    try database.execute(sql: "ALTER TABLE users ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0")
    let select = try database.makeStatement(
      sql: "SELECT \(columns) FROM users WHERE id > ? ORDER BY id LIMIT \(migrationBatch)")
    let update = try database.makeStatement(sql: "UPDATE users SET checksum = ? WHERE id = ?")
    var last = ""
    while true {
      let rows = try Row.fetchAll(select, arguments: [last])
      for row in rows {
        guard let user = try? uncheckedUser(row) else { continue }
        try update.execute(arguments: [checksum(of: user), user.id])
      }
      guard rows.count == migrationBatch, let end = try rows.last?.decode(String.self, atIndex: 0) else {
        return
      }
      guard isOrdered(last, before: end) else {
        throw StoreError.damaged("the rows are not in the order of their ids")
      }
      last = end
    }
  }
}
