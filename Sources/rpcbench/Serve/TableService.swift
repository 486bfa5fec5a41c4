internal import ThinGRPC
internal import ThinGRPCProtobuf
internal import UserProtos

/// The user service over a table of 1,000 users in memory: the least work that still has real messages.
struct TableService: UserService {
  private let users: [User]
  private let usersByID: [String: User]

  init() {
    users = (0..<UserTable.count).map(UserTable.user)
    usersByID = Dictionary(uniqueKeysWithValues: users.map { ($0.id, $0) })
  }

  func getUser(_ request: GetUserRequest, context: ServerContext) async throws -> User {
    guard let user = usersByID[request.id] else {
      throw RPCError(.notFound, "User \(request.id) not found")
    }
    return user
  }

  /// Streams `page_size` users, over and over the table.
  func listUsers(
    _ request: ListUsersRequest, to responses: ResponseWriter<User>, context: ServerContext
  ) async throws {
    var index = 0
    for _ in 0..<max(0, Int(request.pageSize)) {
      try await responses.write(users[index])
      index += 1
      if index == users.count { index = 0 }
    }
  }

  func syncUsers(
    _ requests: RequestStream<UserUpdate>, to responses: ResponseWriter<SyncResult>, context: ServerContext
  ) async throws {
    for try await update in requests {
      try await responses.write(
        .with {
          $0.id = update.id
          $0.ok = true
          $0.message = "updated"
        })
    }
  }

  func createUser(_ request: CreateUserRequest, context: ServerContext) async throws -> User {
    throw notMeasured
  }

  func updateUser(_ request: UpdateUserRequest, context: ServerContext) async throws -> User {
    throw notMeasured
  }

  func deleteUser(_ request: DeleteUserRequest, context: ServerContext) async throws -> DeleteUserResponse {
    throw notMeasured
  }

  func importUsers(
    _ requests: RequestStream<CreateUserRequest>, context: ServerContext
  ) async throws -> ImportUsersResponse {
    throw notMeasured
  }

  private var notMeasured: RPCError {
    RPCError(.unimplemented, "The benchmark's table is only read: GetUser, ListUsers and SyncUsers")
  }
}
