import Testing
import ThinGRPC
import ThinGRPCProtobuf
import UserProtos

@testable import rpcbench

@Suite("The benchmark's server")
struct TableServiceTests {
  private func withUsers(_ body: (UserServiceClient) async throws -> Void) async throws {
    let server = try Server(listeningOn: ["127.0.0.1:0"], credentials: .insecure, services: [TableService()])
    let channel = try Channel(to: server.addresses[0], credentials: .insecure)
    try await body(UserServiceClient(channel))
    await channel.shutdown()
    await server.shutdown()
  }

  @Test("A created user can be read; its address cannot be taken again")
  func create() async throws {
    try await withUsers { users in
      let request = CreateUserRequest.with {
        $0.email = "ada@example.com"
        $0.name = "Ada"
        $0.plan = .pro
      }
      let user = try await users.createUser(request)
      #expect(try await users.getUser(.with { $0.id = user.id }) == user)
      let error = await #expect(throws: RPCError.self) { try await users.createUser(request) }
      #expect(error?.code == .alreadyExists)
    }
  }

  @Test("A user without a name is refused, and a user who is not there is not found")
  func refusals() async throws {
    try await withUsers { users in
      var error = await #expect(throws: RPCError.self) {
        try await users.createUser(.with { $0.email = "ada@example.com" })
      }
      #expect(error?.code == .invalidArgument)
      error = await #expect(throws: RPCError.self) { try await users.getUser(.with { $0.id = "user-1000" }) }
      #expect(error?.code == .notFound)
    }
  }
}
