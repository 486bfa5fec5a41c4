import Testing
import ThinGRPC
import ThinGRPCProtobuf
import UserProtos

@testable import UserService

@Suite struct StreamTests {
  @Test("A listing is ordered by id, starts after its token, ends with its size, and pages join up")
  func pages() async throws {
    let service = try makeService()
    _ = try await service.importUsers(stream((0..<1_234).map { row($0) }))
    let all = try await service.list(.init())
    #expect(all.count == 1_234)
    #expect(all.map(\.id) == all.map(\.id).sorted())

    var joined: [User] = []
    while true {
      let page = try await service.list(
        .with {
          $0.pageSize = 501
          $0.pageToken = joined.last?.id ?? ""
        })
      #expect(page.count <= 501)
      if page.isEmpty { break }
      joined += page
    }
    #expect(joined == all)
  }

  @Test("A filter is text that the e-mail or the name contains: case counts, nothing is a wildcard")
  func filters() async throws {
    let service = try makeService()
    for (email, name) in [("ada@x.org", "Ada 100%"), ("bob@ada.org", "Bob_"), ("eve@x.org", "Eve")] {
      _ = try await service.create(
        .with {
          $0.email = email
          $0.name = name
          $0.plan = .free
        })
    }
    func names(_ filter: String) async throws -> [String] {
      try await service.list(.with { $0.filter = filter }).map(\.name)
    }
    #expect(try await names("ada") == ["Ada 100%", "Bob_"])
    #expect(try await names("Ada") == ["Ada 100%"])
    #expect(try await names("%") == ["Ada 100%"])
    #expect(try await names("_") == ["Bob_"])
    #expect(try await names("*") == [])
    #expect(try await names("' OR 1=1 --") == [])
    #expect(
      try await service.list(
        .with {
          $0.filter = "x.org"; $0.pageSize = 1
        }
      ).map(\.name) == ["Ada 100%"])
  }

  @Test("An import creates what it can and lists what it refuses, in the order of the rows")
  func importing() async throws {
    let service = try makeService()
    var rows = (0..<2_000).map { row($0) }
    rows[3].email = "nonsense"
    rows[700].email = rows[5].email
    rows[1_999].plan = .unspecified
    let response = try await service.importUsers(stream(rows))
    #expect(response.created == 1_997 && response.failed == 3)
    #expect(response.failures.map(\.index) == [3, 700, 1_999])
    #expect(
      response.failures.map(\.code)
        == [StatusCode.invalidArgument, .alreadyExists, .invalidArgument].map(\.rawValue))
    #expect(response.failures.map { $0.reason.prefix { $0 != " " } } == ["email", "email", "plan"])

    let again = try await service.importUsers(stream(rows))
    #expect(again.created == 0 && again.failed == 2_000)
  }

  @Test("The list of failures is cut for its size, their number is not")
  func failureLimit() {
    var summary = ImportSummary(failureByteLimit: 1_000)
    for _ in 0..<100 { summary.add(.failure(.emailTaken)) }
    #expect(summary.response.failed == 100)
    #expect((1..<30).contains(summary.response.failures.count))
  }

  @Test("A sync answers every update in order, and goes on after a refused one")
  func syncing() async throws {
    let service = try makeService()
    let results = try await service.sync([
      update("a"), update("b", email: "a@example.org"), update("b"), update("a", email: "new@example.org"),
      .with {
        $0.id = "b"; $0.delete = true
      },
      .with {
        $0.id = "b"; $0.delete = true
      }, update(""), update("c", email: "bad"),
    ])
    #expect(results.map(\.id) == ["a", "b", "b", "a", "b", "b", "", "c"])
    #expect(results.map(\.ok) == [true, false, true, true, true, false, false, false])
    #expect(
      results.map(\.code)
        == [StatusCode.ok, .alreadyExists, .ok, .ok, .ok, .notFound, .invalidArgument, .invalidArgument].map(
          \.rawValue))
    let users = try await service.list(.init())
    #expect(users.map(\.id) == ["a"] && users[0].email == "new@example.org")
  }

  @Test("An update that comes alone is answered before the next one is sent")
  func lockstep() async throws {
    let service = try makeService()
    let (updates, input) = AsyncStream.makeStream(of: UserUpdate.self)
    var answered = 0
    input.yield(update("u0"))
    try await service.syncUsers(updates) { result in
      #expect(result.ok && result.id == "u\(answered)")
      answered += 1
      if answered < 50 { input.yield(update("u\(answered)")) } else { input.finish() }
    }
    #expect(answered == 50)
  }

  @Test("The error of a request stream ends the call, and what came before it is kept")
  func brokenStream() async throws {
    let service = try makeService()
    let requests = AsyncThrowingStream<CreateUserRequest, any Error> { continuation in
      for number in 0..<10 { continuation.yield(row(number)) }
      continuation.finish(throwing: RPCError(.cancelled, "gone"))
    }
    let error = await #expect(throws: RPCError.self) { try await service.importUsers(requests) }
    #expect(error?.code == .cancelled)
    #expect(try await service.list(.init()).count == 10)
  }

  @Test("A writer that fails ends a sync although its client sends no more")
  func brokenWriter() async throws {
    let service = try makeService()
    let (updates, input) = AsyncStream.makeStream(of: UserUpdate.self)
    input.yield(update("a"))
    await #expect(throws: RPCError.self) {
      try await service.syncUsers(updates) { _ in throw RPCError(.cancelled, "gone") }
    }
    input.finish()
  }

  @Test("A reader never runs ahead of the work by more than the limit")
  func bounded() async throws {
    let buffer = BatchBuffer<Int>(limit: 10)
    let reader = Task {
      for number in 0..<1_000 { guard await buffer.append(number) else { return } }
      buffer.finish(.success(()))
    }
    var taken: [Int] = []
    while let batch = try await buffer.take() {
      #expect((1...10).contains(batch.count))
      taken += batch
    }
    await reader.value
    #expect(taken == Array(0..<1_000))
  }

  @Test("A cancelled listing stops")
  func cancelledListing() async throws {
    let service = try makeService()
    _ = try await service.importUsers(stream((0..<2_000).map { row($0) }))
    let (sent, sending) = AsyncStream.makeStream(of: User.self)
    let listing = Task {
      try await service.listUsers(.init()) { user in
        sending.yield(user)
        while !Task.isCancelled { await Task.yield() }
      }
    }
    for await _ in sent { break }
    listing.cancel()
    let error = await #expect(throws: RPCError.self) { try await listing.value }
    #expect(error?.code == .cancelled)
  }
}
