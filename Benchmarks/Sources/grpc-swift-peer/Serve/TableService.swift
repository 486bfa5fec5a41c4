internal import GRPCCore
internal import SwiftProtobuf

/// The user service over the table.
struct TableService: Userservice_UserService.SimpleServiceProtocol {
  private let table = UserTable()
  /// The users of a list that are written at a time: one write each costs six times as much CPU.
  let chunkSize: Int

  init(chunkSize: Int) { self.chunkSize = chunkSize }

  func getUser(request: Userservice_GetUserRequest, context: ServerContext) async throws -> Userservice_User {
    guard let user = table.user(id: request.id) else {
      throw RPCError(code: .notFound, message: "User \(request.id) not found")
    }
    return user
  }

  /// Streams `page_size` users, over and over the table.
  func listUsers(
    request: Userservice_ListUsersRequest, response: RPCWriter<Userservice_User>, context: ServerContext
  ) async throws {
    let users = table.users
    let count = max(0, Int(request.pageSize))
    for start in stride(from: 0, to: count, by: chunkSize) {
      let chunk = (start..<min(start + chunkSize, count)).lazy.map { users[$0 % users.count] }
      if chunk.count == 1 {
        try await response.write(users[start % users.count])
      } else {
        try await response.write(contentsOf: chunk)
      }
    }
  }

  func syncUsers(
    request: RPCAsyncSequence<Userservice_UserUpdate, any Error>, response: RPCWriter<Userservice_SyncResult>,
    context: ServerContext
  ) async throws {
    for try await update in request {
      try await response.write(
        .with {
          $0.id = update.id
          $0.ok = true
          $0.message = "updated"
        })
    }
  }

  func createUser(request: Userservice_CreateUserRequest, context: ServerContext) async throws
    -> Userservice_User
  {
    throw notMeasured
  }

  func updateUser(request: Userservice_UpdateUserRequest, context: ServerContext) async throws
    -> Userservice_User
  {
    throw notMeasured
  }

  func deleteUser(
    request: Userservice_DeleteUserRequest, context: ServerContext
  ) async throws -> Userservice_DeleteUserResponse {
    throw notMeasured
  }

  func importUsers(
    request: RPCAsyncSequence<Userservice_CreateUserRequest, any Error>, context: ServerContext
  ) async throws -> Userservice_ImportUsersResponse {
    throw notMeasured
  }

  private var notMeasured: RPCError {
    RPCError(
      code: .unimplemented, message: "The benchmark's table has GetUser, ListUsers and SyncUsers alone")
  }
}
