import Foundation
import GRDB
import Testing
import ThinGRPCProtobuf
import UserProtos

@testable import UserService

/// The files of a store: what is in which, and whether they are still there.
@Suite struct StoreFilesTests {
  @Test("After a close the file alone has everything, and the one beside it nothing")
  func checkpointOnClose() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("users.sqlite")
    let service = try makeService(at: .file(path))
    _ = try await service.importUsers(stream((0..<500).map { row($0) }))
    try service.store.close()
    // Its size alone: Foundation leaks what it reads an empty file into.
    let log = try? FileManager.default.attributesOfItem(atPath: "\(path)-wal")
    #expect(log == nil || log?[.size] as? Int == 0)
    try FileManager.default.copyItem(atPath: path, toPath: folder.file("backup.sqlite"))
    let backup = try makeService(at: .file(folder.file("backup.sqlite")))
    #expect(try await backup.list(.init()).count == 500)
  }

  @Test(
    "A close says that the store's file was deleted, and not that those beside it were",
    arguments: ["", "-wal"])
  func closeOfDeleted(suffix: String) async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("users.sqlite")
    let service = try makeService(at: .file(path))
    _ = try await service.create(row(1))
    try FileManager.default.removeItem(atPath: path + suffix)
    if suffix.isEmpty {
      #expect(throws: StoreError.displaced(path: path)) { try service.store.close() }
    } else {
      try service.store.close()
      #expect(try await makeService(at: .file(path)).list(.init()).count == 1)
    }
  }

  @Test("The files are for their owner alone, and what others may read is warned of")
  func modes() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("users.sqlite")
    let log = LogLines()
    let service = try makeService(at: .file(path), logger: log.logger)
    _ = try await service.create(row(1))
    for suffix in ["", "-wal", "-shm"] {
      #expect(FileStatus(atPath: path + suffix)?.permissions == 0o600, "\(suffix)")
    }
    #expect(log.all.isEmpty)
    try service.store.close()
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    try makeService(at: .file(path), logger: log.logger).store.close()
    #expect(log.all.contains { $0.contains("warning") && $0.contains(path) })
  }

  @Test("A path of any length is looked at, and what is not there is nothing")
  func status() throws {
    let folder = try TemporaryFolder()
    #expect(FileStatus(atPath: folder.path)?.permissions == 0o755 || FileStatus(atPath: folder.path) != nil)
    for path in [
      "", "/proc/no", String(repeating: "a", count: 4_095), String(repeating: "/a", count: 10_000),
    ] {
      #expect(FileStatus(atPath: path) == nil)
    }
    #expect(FileStatus(atPath: "/")?.identity == FileStatus(atPath: "/../.")?.identity)
  }

  @Test(
    "Readiness tells when the file is deleted or replaced, and when it is back",
    arguments: ["", "-wal", "-shm"])
  func readiness(suffix: String) async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("users.sqlite")
    let log = LogLines()
    let service = try makeService(at: .file(path), logger: log.logger)
    _ = try await service.create(row(1))
    #expect(service.store.readiness == .ready)
    try FileManager.default.moveItem(atPath: path + suffix, toPath: folder.file("away"))
    #expect(service.store.readiness == .displaced(path + suffix))
    try Data("other".utf8).write(to: URL(fileURLWithPath: path + suffix))
    #expect(service.store.readiness == .displaced(path + suffix))
    await #expect(throws: StoreError.displaced(path: path + suffix)) { try await service.create(row(2)) }
    await #expect(throws: StoreError.self) { try await service.create(row(3)) }
    try FileManager.default.removeItem(atPath: path + suffix)
    try FileManager.default.moveItem(atPath: folder.file("away"), toPath: path + suffix)
    #expect(service.store.readiness == .ready)
    _ = try await service.create(row(4))
    #expect(log.all.count { $0.contains("deleted or replaced") } == 1)
    #expect(log.all.count { $0.contains("file is back") } == 1)
    #expect(try await service.list(.init()).map(\.email) == ["user1@example.org", "user4@example.org"])
  }

  @Test("The frames of a log are counted as SQLite counts them, whole, cut or damaged")
  func writeAheadLog() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("users.sqlite")
    #expect(WriteAheadLog(besideFileAtPath: path) == nil)
    let service = try makeService(at: .file(path))
    for number in 0..<5 { _ = try await service.create(row(number)) }
    // What a process that was killed leaves.
    let copy = folder.file("copy.sqlite")
    for suffix in ["", "-wal", "-shm"] {
      try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
    }
    let whole = try #require(WriteAheadLog(besideFileAtPath: copy))
    #expect(
      whole.committedFrames > 5 && whole.expectedFrames == whole.committedFrames && whole.complaint == nil)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(copy)-wal"))
    let frame = 4_096 + 24
    // What is in the midst of being written after the last commit, or was when the process was killed.
    let begun = bytes.prefix(32 + whole.committedFrames * frame) + bytes[32..<(32 + frame / 2)]
    try begun.write(to: URL(fileURLWithPath: "\(copy)-wal"))
    let unfinished = try #require(WriteAheadLog(besideFileAtPath: copy))
    #expect(unfinished.isBroken && unfinished.complaint == nil && !unfinished.hasLostWrites)
    // SQLite knows no such size of a page, and takes in nothing.
    var odd = bytes
    odd[11] = 4
    try odd.write(to: URL(fileURLWithPath: "\(copy)-wal"))
    #expect(WriteAheadLog(besideFileAtPath: copy) == nil)
    for cut in [1, 100, frame - 1, frame, frame + 1, 3 * frame] {
      try bytes.dropLast(bytes.count - 32 - whole.committedFrames * frame + cut).write(
        to: URL(fileURLWithPath: "\(copy)-wal"))
      let log = try #require(WriteAheadLog(besideFileAtPath: copy))
      #expect(log.committedFrames < whole.committedFrames)
      #expect(log.complaint?.contains("are lost") == true && log.hasLostWrites, "\(cut)")
      let database = try DatabaseQueue(path: copy)
      let counted = try await database.read { database in
        try Int.fetchOne(database, sql: "SELECT count(*) FROM users")
      }
      #expect(try #require(counted) < 5)
      try FileManager.default.removeItem(atPath: copy)
      for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: copy + suffix) }
      for suffix in ["", "-wal", "-shm"] {
        try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
      }
    }
    var damaged = bytes
    damaged[32 + frame + 2_000] ^= 1
    try damaged.write(to: URL(fileURLWithPath: "\(copy)-wal"))
    try FileManager.default.removeItem(atPath: "\(copy)-shm")
    let log = try #require(WriteAheadLog(besideFileAtPath: copy))
    #expect(log.isBroken && log.committedFrames < 2 && log.complaint?.contains("midst") == true)
    #expect(!log.hasLostWrites)
  }

  @Test("SQLite's log loses what may be users' data and what is no more than an answer")
  func sqliteLog() {
    let lines = LogLines()
    for line in [
      "19 abort at 12 in [INSERT INTO users]: UNIQUE constraint failed: users.email", "5 database is locked",
      "nonsense", "",
      "11 malformed database schema (ada@example.org) - near \"Ada\": syntax error",
      "11 database corruption at line 70235 of [6c5b2b4e]",
      "283 recovered 6 frames from WAL file /tmp/users.sqlite-wal",
      "28 file unlinked while open: /tmp/users.sqlite", "14 os_unix.c:43353: (2) open(/tmp/a) - No such file",
    ] {
      SQLiteLog.log(line, to: lines.logger)
    }
    #expect(
      lines.all == [
        "error SQLite: malformed database schema  code=11",
        "error SQLite: database corruption at line 70235 of  code=11",
        "notice SQLite: recovered 6 frames from WAL file /tmp/users.sqlite-wal code=283",
        "warning SQLite: file unlinked while open: /tmp/users.sqlite code=28",
        "debug SQLite: os_unix.c:43353: (2) open(/tmp/a) - No such file code=14",
      ])
  }
}
