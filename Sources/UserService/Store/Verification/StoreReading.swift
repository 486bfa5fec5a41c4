internal import GRDB
internal import UserProtos

/// The two looks at a store that a verification takes, on a connection that only reads.
extension StoreVerification {
  /// How thoroughly SQLite looks at its pages.
  enum Depth: String {
    /// Every page is what it should be, and every row has the types it should have.
    case quick = "quick_check"
    /// The index has every row as well, each once.
    case full = "integrity_check"
  }

  /// Has SQLite look at its pages.
  mutating func readPages(of database: Database, depth: Depth) throws {
    let rows = try Row.fetchCursor(database, sql: "PRAGMA \(depth.rawValue)(\(Self.damageLimit))")
    while let row = try rows.next() {
      // What is found in a tree is one row of several lines, after one that names the database.
      for line in try row.decode(String.self, atIndex: 0).split(separator: "\n")
      where line != "ok" && !line.hasPrefix("***") {
        found(String(line))
      }
    }
  }

  /// Reads the rows after an id, and compares each with its checksum.
  ///
  /// - Parameters:
  ///   - id: the id after which it begins.
  ///   - limit: how many rows at most.
  /// - Returns: the id of the last row, or nil when there is none after it.
  mutating func readRows(of database: Database, after id: String, limit: Int) throws -> String? {
    let statement = try database.cachedStatement(
      sql: "SELECT \(UserSchema.columns) FROM users WHERE id > ? ORDER BY id LIMIT ?")
    let rows = try Row.fetchCursor(statement, arguments: [id, limit])
    var (count, last) = (0, id)
    while let row = try rows.next() {
      count += 1
      do {
        let user = try UserSchema.user(row)
        guard UserSchema.isOrdered(last, before: user.id) else {
          throw StoreError.damaged("\(UserSchema.description(ofRow: user.id)) is out of order")
        }
        soundUsers += 1
        last = user.id
      } catch StoreError.damaged(let damage) {
        found(damage)
        // Where the id cannot be read either, the rest is found from the next row that can.
        if let id = try? row.decode(String.self, atIndex: 0), UserSchema.isOrdered(last, before: id) {
          last = id
        }
      }
    }
    return count < limit || last == id ? nil : last
  }
}
