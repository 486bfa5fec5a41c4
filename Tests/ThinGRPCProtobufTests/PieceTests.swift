import Testing
import ThinGRPC
import ThinGRPCProtobuf
import UserProtos

@Suite("Messages that arrive in several pieces")
struct PieceTests {
  @Test(
    "A large message is the same on both sides of a call",
    arguments: [0, 1, 8_000, 8_192, 16_384, 65_536, 700_000, 4_000_000])
  func largeMessages(byteCount: Int) async throws {
    let server = try Server(listeningOn: ["127.0.0.1:0"], credentials: .insecure, services: [Echo()])
    let users = UserServiceClient(try Channel(to: server.addresses[0], credentials: .insecure))
    let name = String(decoding: (0..<byteCount).map { UInt8(32 + $0 % 95) }, as: UTF8.self)
    // A number for the e-mail address: the message is unpacked twice, the second time after it was put in order.
    let irregular = try CreateUserRequest(serializedBytes: bytes("0801"))
    for (text, beginning) in [
      (name, CreateUserRequest()), (String(name.dropLast(3)) + "☃", CreateUserRequest()), (name, irregular),
    ] {
      var request = beginning
      request.name = text
      #expect(try await users.createUser(request, options: .timeout(.seconds(60))).name == text)
    }
    await server.shutdown()
  }

  /// Answers a creation with the name that was asked for.
  private struct Echo: UserService {
    func createUser(_ request: CreateUserRequest, context: ServerContext) async throws -> User {
      .with { $0.name = request.name }
    }

    func getUser(_ request: GetUserRequest, context: ServerContext) async throws -> User { throw unused }

    func updateUser(_ request: UpdateUserRequest, context: ServerContext) async throws -> User {
      throw unused
    }

    func deleteUser(
      _ request: DeleteUserRequest, context: ServerContext
    ) async throws -> DeleteUserResponse { throw unused }

    func listUsers(
      _ request: ListUsersRequest, to responses: ResponseWriter<User>, context: ServerContext
    ) async throws { throw unused }

    func importUsers(
      _ requests: RequestStream<CreateUserRequest>, context: ServerContext
    ) async throws -> ImportUsersResponse { throw unused }

    func syncUsers(
      _ requests: RequestStream<UserUpdate>, to responses: ResponseWriter<SyncResult>, context: ServerContext
    ) async throws { throw unused }

    private var unused: RPCError { RPCError(.unimplemented, "Only creations are answered") }
  }
}
