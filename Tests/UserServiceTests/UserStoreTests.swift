import Foundation
import GRDB
import Testing
import ThinGRPC
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes
import UserProtos

@testable import UserService

@Suite struct UserStoreTests {
  @Test("A user that was created is found, in memory and in a file, also after the store is opened again")
  func createAndReopen() async throws {
    let folder = try TemporaryFolder()
    for location in [UserStore.Location.memory, .file(folder.file("users.sqlite"))] {
      let service = try makeService(at: location)
      let user = try await service.create(row(1, plan: .enterprise))
      #expect(user.email == "user1@example.org" && user.name == "User 1" && user.plan == .enterprise)
      #expect(abs(Double(user.createdAt.seconds) - Date().timeIntervalSince1970) < 60)
      #expect(try await service.store.user(id: user.id) == user)
      #expect(try await service.store.user(id: "nobody") == nil)
      try service.store.close()
      guard case .file = location else { continue }
      let reopened = try UserStore(at: location, logger: silent)
      #expect(try await reopened.user(id: user.id) == user)
    }
  }

  @Test("Commits wait for the disk: WAL with synchronous FULL")
  func durability() async throws {
    let folder = try TemporaryFolder()
    let store = try UserStore(at: .file(folder.file("users.sqlite")), logger: silent)
    #expect(try await store.setting("journal_mode") == "wal")
    #expect(try await store.setting("synchronous") == "2")
  }

  @Test("What is not a store is refused with a reason")
  func cannotOpen() throws {
    let folder = try TemporaryFolder()
    try Data(repeating: 0x41, count: 8_192).write(to: URL(fileURLWithPath: folder.file("text")))
    for path in [folder.file("text"), folder.file("missing/users.sqlite"), folder.path] {
      let error = try #require(throws: StoreError.self) { try UserStore(at: .file(path), logger: silent) }
      guard case .cannotOpen(path, _) = error else {
        Issue.record("\(error)")
        continue
      }
    }
  }

  @Test("An e-mail address belongs to one user, whatever the case of its letters")
  func uniqueEmail() async throws {
    let service = try makeService()
    let first = try await service.create(row(1))
    await #expect(throws: Refusal.emailTaken) { try await service.create(row(1)) }
    await #expect(throws: Refusal.emailTaken) {
      try await service.create(
        .with {
          $0.email = "USER1@example.org"
          $0.name = "Other"
          $0.plan = .pro
        })
    }
    let second = try await service.create(row(2))
    let outcomes = try await service.store.apply([
      .update(
        .with {
          $0.id = second.id
          $0.email = first.email
        }),
      .put(
        .with {
          $0.id = second.id
          $0.email = first.email
          $0.name = "x"
          $0.plan = .pro
        }),
    ])
    #expect(outcomes == [.failure(.emailTaken), .failure(.emailTaken)])
    #expect(try await service.store.user(id: second.id) == second)
  }

  @Test("An update changes what is set and nothing else")
  func update() async throws {
    let service = try makeService()
    let user = try await service.create(row(1))
    var expected = user
    expected.name = "Renamed"
    let outcome = try await service.store.apply([
      .update(
        .with {
          $0.id = user.id
          $0.name = "Renamed"
        })
    ])[0]
    #expect(outcome == .success(expected))
    #expect(try await service.store.user(id: user.id) == expected)
    #expect(try await service.store.apply([.update(.with { $0.id = "7" })])[0] == .failure(.unknownUser("7")))
  }

  @Test("A refused write in the midst of others undoes nothing but itself")
  func refusalsInAGroup() async throws {
    let service = try makeService()
    let outcomes = try await service.store.apply([
      service.write(for: row(1)), service.write(for: row(1)), .delete(id: "nobody"),
      service.write(for: row(2)),
    ])
    #expect(outcomes.map { (try? $0.get()) != nil } == [true, false, false, true])
    #expect(try await service.list(.init()).map(\.email) == ["user1@example.org", "user2@example.org"])
  }

  @Test("Writes that arrive together share a commit")
  func groupCommit() async throws {
    let folder = try TemporaryFolder()
    let service = try makeService(at: .file(folder.file("users.sqlite")))
    let commits = CommitCounter()
    service.store.observe(commits)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<500 {
        group.addTask { _ = try await service.create(row(number)) }
      }
      try await group.waitForAll()
    }
    #expect(try await service.list(.init()).count == 500)
    #expect(commits.count < 250, "500 concurrent writes took \(commits.count) commits")
  }

  @Test("While another process has the database locked, reads go on and the write waits")
  func lockedDatabase() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("users.sqlite")
    let service = try makeService(at: .file(path))
    let user = try await service.create(row(1))

    let other = try DatabaseQueue(path: path)
    let lock = try Lock(of: other)
    async let created = service.create(row(2))
    for _ in 0..<100 { #expect(try await service.store.user(id: user.id) == user) }
    #expect(try await service.list(.init()).count == 1)
    lock.release()
    #expect(try await created.email == "user2@example.org")
  }

  @Test("A lock that outlasts the busy timeout makes the write unavailable, and the next one works")
  func lockedForLong() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("users.sqlite")
    let service = try makeService(at: .file(path), busyTimeout: .milliseconds(100))
    let lock = try Lock(of: try DatabaseQueue(path: path))
    do {
      _ = try await service.create(row(1))
      Issue.record("A write went through a lock")
    } catch let error as StoreError {
      guard case .unavailable = error else { throw error }
    }
    lock.release()
    _ = try await service.create(row(1))
  }

  @Test("Ids are unique, and ordered by the time of their making")
  func identifiers() {
    let source = UserIdentifierSource()
    let now = GoogleProtobuf.Timestamp.now
    let earlier = GoogleProtobuf.Timestamp.with { $0.seconds = now.seconds - 10 }
    let identifiers = (0..<10_000).map { source.next(at: $0 == 5_000 ? earlier : now) }
    #expect(identifiers == identifiers.sorted())
    #expect(Set(identifiers).count == identifiers.count)
    #expect(
      identifiers[0].wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/)
        != nil)
  }
}
