internal import ThinGRPC
internal import ThinGRPCProtobuf
internal import UserProtos
internal import UserTable

/// The user service over a table of 1,000 users in memory: the least work that still has real messages.
struct TableService: UserService {
  private let table = UserTable()

  func getUser(_ request: GetUserRequest, context: ServerContext) async throws -> User {
    guard let user = table.user(id: request.id) else {
      throw RPCError(.notFound, "User \(request.id) not found")
    }
    return user
  }

  /// Streams `page_size` users, over and over the table.
  func listUsers(
    _ request: ListUsersRequest, to responses: ResponseWriter<User>, context: ServerContext
  ) async throws {
    let users = table.users
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
    do throws(UserRefusal) {
      return try table.create(email: request.email, name: request.name, plan: request.plan)
    } catch {
      throw RPCError(error)
    }
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
    RPCError(.unimplemented, "The benchmark's table has GetUser, CreateUser, ListUsers and SyncUsers alone")
  }
}

extension RPCError {
  /// The status of a user that was not created.
  fileprivate init(_ refusal: UserRefusal) {
    switch refusal {
    case .malformed(let reason): self.init(.invalidArgument, reason)
    case .emailTaken(let email): self.init(.alreadyExists, "\(email) is taken")
    }
  }
}
