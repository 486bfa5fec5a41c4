import Testing
import ThinGRPCGuarding
import ThinGRPCProtobuf
import UserProtos

@testable import UserService

/// What a listing reads ahead of its client.
@Suite struct ListingTests {
  private func service(users: Int) async throws -> DatabaseUserService {
    let service = try makeService()
    let requests = (0..<users).map { row($0) }
    #expect(try await service.importUsers(stream(requests)).created == Int64(users))
    return service
  }

  @Test(
    "A listing has every user once and in order, whatever the pages and the budget",
    arguments: [0, 8_000, 1 << 25])
  func complete(budget: Int) async throws {
    var service = try await service(users: 3_000)
    service.readAhead = ReadAheadBudget(limit: budget)
    let users = try await service.list(.init())
    #expect(users.count == 3_000 && users.map(\.id) == users.map(\.id).sorted())
    #expect(Set(users.map(\.email)).count == 3_000)
    for count: Int32 in [1, 19, 20, 21, 1_000] {
      #expect(try await service.list(.with { $0.pageSize = count }) == Array(users.prefix(Int(count))))
    }
    let rest = try await service.list(.with { $0.pageToken = users[1_499].id })
    #expect(rest == Array(users.dropFirst(1_500)))
    #expect(try await service.list(.with { $0.filter = "user29@" }).map(\.email) == ["user29@example.org"])
    #expect(service.readAhead.available == budget)
  }

  @Test("A client that takes nothing costs one small page, and none of the budget")
  func unread() async throws {
    let service = try await service(users: 3_000)
    let mayEnd = AsyncStream<Void>.makeStream()
    let written = Guarded(0)
    let listing = Task {
      try await service.listUsers(.init()) { _ in
        written.withLock { $0 += 1 }
        for await _ in mayEnd.stream {}
        throw CancellationError()
      }
    }
    while written.withLock({ $0 }) == 0 { await Task.yield() }
    #expect(service.readAhead.available == ReadAheadBudget.standardLimit)
    mayEnd.continuation.finish()
    await #expect(throws: CancellationError.self) { try await listing.value }
  }

  @Test("Pages grow while the client reads, as far as the budget goes, and all is given back")
  func growth() async throws {
    let service = try await service(users: 3_000)
    let lowest = Guarded(Int.max)
    var count = 0
    try await service.listUsers(.init()) { _ in
      count += 1
      lowest.withLock { $0 = min($0, service.readAhead.available) }
    }
    #expect(count == 3_000)
    let used = ReadAheadBudget.standardLimit - lowest.withLock { $0 }
    #expect(used > DatabaseUserService.largePage && used <= 2 * DatabaseUserService.largePage)
    #expect(service.readAhead.available == ReadAheadBudget.standardLimit)
  }

  @Test("A listing that its client leaves gives back what it had")
  func abandoned() async throws {
    let service = try await service(users: 3_000)
    for limit in [1, 100, 1_000, 2_999] {
      var count = 0
      await #expect(throws: CancellationError.self) {
        try await service.listUsers(.init()) { _ in
          count += 1
          if count == limit { throw CancellationError() }
        }
      }
      #expect(service.readAhead.available == ReadAheadBudget.standardLimit)
    }
  }
}
