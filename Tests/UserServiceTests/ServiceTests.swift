import GRDB
import Testing
import ThinGRPC
import ThinGRPCProtobuf
import ThinGRPCStatusDetails
import UserProtos

@testable import UserService

/// The service as clients see it, through a server and a channel.
@Suite(.timeLimit(.minutes(5))) struct ServiceTests {
  private func withClient(
    of service: DatabaseUserService, _ body: (UserServiceClient, Server) async throws -> Void
  ) async throws {
    let server = try Server(listeningOn: ["127.0.0.1:0"], credentials: .insecure, services: [service])
    let channel = try Channel(to: server.addresses[0], credentials: .insecure)
    try await body(UserServiceClient(channel), server)
    await channel.shutdown()
    await server.shutdown(grace: .seconds(10))
    #expect(server.runningHandlerCount == 0)
    try service.store.close()
  }

  private func status(of call: () async throws -> some Any) async -> StatusCode? {
    do {
      _ = try await call()
      return .ok
    } catch {
      return (error as? RPCError)?.code
    }
  }

  @Test("Every method works and refuses as its comment says")
  func methods() async throws {
    try await withClient(of: try makeService()) { users, _ in
      let user = try await users.createUser(row(1, plan: .pro))
      #expect(try await users.getUser(.with { $0.id = user.id }) == user)
      let renamed = try await users.updateUser(
        .with {
          $0.id = user.id
          $0.name = "New"
        })
      #expect(renamed.name == "New" && renamed.email == user.email && renamed.createdAt == user.createdAt)
      #expect(await status { try await users.createUser(row(1)) } == .alreadyExists)
      #expect(await status { try await users.createUser(.init()) } == .invalidArgument)
      #expect(await status { try await users.getUser(.init()) } == .invalidArgument)
      #expect(await status { try await users.getUser(.with { $0.id = "7" }) } == .notFound)
      #expect(await status { try await users.updateUser(.with { $0.id = "7" }) } == .notFound)
      #expect(await status { try await users.deleteUser(.with { $0.id = "7" }) } == .notFound)
      #expect(
        await status {
          for try await _ in users.listUsers(.with { $0.pageSize = -1 }) {}
        } == .invalidArgument)

      let summary = try await users.importUsers(stream((0..<2_000).map { row($0) }))
      #expect(summary.created == 1_999 && summary.failed == 1 && summary.failures.map(\.index) == [1])
      var results: [SyncResult] = []
      for try await result in users.syncUsers(stream([update("a"), update(""), update("b")])) {
        results.append(result)
      }
      #expect(results.map(\.id) == ["a", "", "b"] && results.map(\.ok) == [true, false, true])
      var count = 0
      for try await _ in users.listUsers(.init()) { count += 1 }
      #expect(count == 2_002)
      _ = try await users.deleteUser(.with { $0.id = user.id })
      #expect(await status { try await users.getUser(.with { $0.id = user.id }) } == .notFound)
    }
  }

  @Test(
    "A database that is locked stalls no other call, and the writes that wait for it are made when it is free"
  )
  func lockedDatabase() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("users.sqlite")
    try await withClient(of: try makeService(at: .file(path))) { users, server in
      let user = try await users.createUser(row(0))
      let lock = try Lock(of: try DatabaseQueue(path: path))
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 1...200 { group.addTask { _ = try await users.createUser(row(number)) } }
        while server.runningHandlerCount < 200 { await Task.yield() }
        for _ in 0..<100 { #expect(try await users.getUser(.with { $0.id = user.id }) == user) }
        #expect(await status { try await users.getUser(.with { $0.id = "7" }) } == .notFound)
        #expect(server.runningHandlerCount == 200)
        lock.release()
        try await group.waitForAll()
      }
      var count = 0
      for try await _ in users.listUsers(.init()) { count += 1 }
      #expect(count == 201)
    }
  }

  @Test("A lock that outlasts the busy timeout is UNAVAILABLE, without a word of the database")
  func unavailable() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("users.sqlite")
    let service = try makeService(at: .file(path), busyTimeout: .milliseconds(50))
    try await withClient(of: service) { users, _ in
      let lock = try Lock(of: try DatabaseQueue(path: path))
      let error = await #expect(throws: RPCError.self) { try await users.createUser(row(1)) }
      #expect(error?.code == .unavailable)
      #expect(error?.message == "The store is unavailable, try again later")
      #expect(error?.details.retryInfo?.delay == .seconds(1))
      lock.release()
      _ = try await users.createUser(row(1))
    }
  }

  @Test("A client that leaves in the midst of a listing, an import or a sync leaves no handler behind")
  func leaving() async throws {
    try await withClient(of: try makeService()) { users, server in
      _ = try await users.importUsers(stream((0..<5_000).map { row($0) }))
      for _ in 0..<20 {
        for try await _ in users.listUsers(.init()) { break }
        let (updates, input) = AsyncStream.makeStream(of: UserUpdate.self)
        input.yield(update("a"))
        for try await _ in users.syncUsers(updates) { break }
        let (rows, rowInput) = AsyncStream.makeStream(of: CreateUserRequest.self)
        rowInput.yield(row(9_999))
        let importing = Task { try await users.importUsers(rows) }
        while server.runningHandlerCount == 0 { await Task.yield() }
        importing.cancel()
        await #expect(throws: RPCError.self) { try await importing.value }
      }
      while server.runningHandlerCount > 0 { await Task.yield() }
    }
  }
}
