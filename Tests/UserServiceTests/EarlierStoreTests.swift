import GRDB
import Testing
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes
import UserProtos

@testable import UserService

/// Stores that an earlier version wrote.
@Suite struct EarlierStoreTests {
  /// Writes a store as the first version did.
  private func writeFirstVersion(at path: String, users: Int) throws {
    let database = try DatabasePool(path: path)
    try database.write { database in
      try database.execute(
        sql: """
          CREATE TABLE users (
            id TEXT NOT NULL PRIMARY KEY,
            email TEXT NOT NULL COLLATE NOCASE UNIQUE,
            name TEXT NOT NULL,
            plan INTEGER NOT NULL CHECK (plan BETWEEN 1 AND 3),
            created_seconds INTEGER NOT NULL,
            created_nanos INTEGER NOT NULL CHECK (created_nanos BETWEEN 0 AND 999999999)
          ) STRICT, WITHOUT ROWID;
          CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
          INSERT INTO grdb_migrations VALUES ('users');
          """)
      for number in 0..<users {
        try database.execute(
          sql: "INSERT INTO users VALUES (?, ?, ?, ?, ?, ?)",
          arguments: [
            "id-\(10_000 + number)", "user\(number)@example.org", "User \(number)", number % 3 + 1,
            1_700_000_000 + number,
            number,
          ])
      }
    }
    try database.close()
  }

  @Test(
    "A store without checksums gets them, and has the same users",
    arguments: [0, 1, 999, 1_000, 1_001, 2_500])
  func checksums(count: Int) async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("users.sqlite")
    try writeFirstVersion(at: path, users: count)
    let before = try UserStore.verify(fileAtPath: path)
    #expect(before.isSound && !before.hasChecksums)

    let service = try makeService(at: .file(path))
    let users = try await service.list(.init())
    #expect(users.map(\.id) == (0..<count).map { "id-\(10_000 + $0)" })
    for (number, user) in users.enumerated() {
      #expect(user.email == "user\(number)@example.org" && user.name == "User \(number)")
      #expect(user.plan.rawValue == Int32(number % 3 + 1))
      #expect(
        user.createdAt.seconds == Int64(1_700_000_000 + number) && user.createdAt.nanos == Int32(number))
    }
    _ = try await service.create(row(1_000_000))
    try service.store.close()
    let after = try UserStore.verify(fileAtPath: path)
    #expect(after.isSound && after.hasChecksums && after.soundUsers == count + 1)
  }

  @Test("A row that cannot be read keeps nobody from the others")
  func unreadableRow() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("users.sqlite")
    try writeFirstVersion(at: path, users: 3)
    let database = try DatabaseQueue(path: path)
    try await database.write { database in
      // A table that is not STRICT stands for a damaged page.
      try database.execute(
        sql: """
          CREATE TABLE loose (
            id TEXT NOT NULL PRIMARY KEY, email TEXT COLLATE NOCASE UNIQUE, name, plan, created_seconds, created_nanos
          ) WITHOUT ROWID;
          INSERT INTO loose SELECT * FROM users;
          UPDATE loose SET created_nanos = 'x' || zeroblob(3), plan = 9223372036854775807 WHERE id = 'id-10001';
          DROP TABLE users;
          ALTER TABLE loose RENAME TO users;
          """)
    }
    try database.close()
    let service = try makeService(at: .file(path))
    #expect(try await service.store.user(id: "id-10000")?.name == "User 0")
    #expect(try await service.store.user(id: "id-10002")?.name == "User 2")
    await #expect(throws: StoreError.self) { try await service.store.user(id: "id-10001") }
  }

  @Test("A store of a newer version is refused")
  func newerVersion() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("users.sqlite")
    try makeService(at: .file(path)).store.close()
    let database = try DatabaseQueue(path: path)
    try await database.write { database in
      try database.execute(sql: "INSERT INTO grdb_migrations VALUES ('from the future')")
    }
    try database.close()
    #expect(throws: StoreError.cannotOpen(path: path, reason: "it was written by a newer version")) {
      try UserStore(at: .file(path), logger: silent)
    }
    #expect(throws: StoreError.self) { try UserStore.verify(fileAtPath: path) }
  }
}
