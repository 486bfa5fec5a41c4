public import Logging
public import ThinGRPC
internal import ThinGRPCStatusDetails
public import UserProtos

/// The user service, kept in a `UserStore`.
///
/// Every method validates first (`INVALID_ARGUMENT`, with every field that is wrong and why), then works on the store's own threads
/// while its task is suspended. A storage failure is logged in full and answered with `UNAVAILABLE` where trying
/// again may help, `DATA_LOSS` where what is stored is damaged, else `INTERNAL`, without any detail. Users' data is never logged.
public struct DatabaseUserService: UserService {
  let store: UserStore
  let logger: Logger
  let identifiers = UserIdentifierSource()
  var readAhead = ReadAheadBudget(limit: ReadAheadBudget.standardLimit)

  /// Serves the users of `store`.
  ///
  /// - Parameters:
  ///   - store: where the users are. The caller closes it after the last call.
  ///   - logger: gets the storage failures, at `error`.
  public init(store: UserStore, logger: Logger) {
    self.store = store
    self.logger = logger
  }

  public func getUser(_ request: GetUserRequest, context: ServerContext) async throws -> User {
    try await answering {
      try Validation.checkID(request.id)
      guard let user = try await store.user(id: request.id) else { throw Refusal.unknownUser(request.id) }
      return user
    }
  }

  public func createUser(_ request: CreateUserRequest, context: ServerContext) async throws -> User {
    try await answering { try await apply(write(for: request)) ?? User() }
  }

  public func updateUser(_ request: UpdateUserRequest, context: ServerContext) async throws -> User {
    try await answering {
      try Validation.check(request)
      return try await apply(.update(request)) ?? User()
    }
  }

  public func deleteUser(
    _ request: DeleteUserRequest, context: ServerContext
  ) async throws -> DeleteUserResponse {
    try await answering {
      try Validation.checkID(request.id)
      _ = try await apply(.delete(id: request.id))
      return DeleteUserResponse()
    }
  }

  public func listUsers(
    _ request: ListUsersRequest, to responses: ResponseWriter<User>, context: ServerContext
  ) async throws {
    try await listUsers(request) { user in try await responses.write(user) }
  }

  public func importUsers(
    _ requests: RequestStream<CreateUserRequest>, context: ServerContext
  ) async throws -> ImportUsersResponse {
    try await importUsers(requests)
  }

  public func syncUsers(
    _ requests: RequestStream<UserUpdate>, to responses: ResponseWriter<SyncResult>, context: ServerContext
  ) async throws {
    try await syncUsers(requests) { result in try await responses.write(result) }
  }

  private func apply(_ write: UserWrite) async throws -> User? {
    try await store.apply([write])[0].get()
  }

  /// Turns what `body` throws into what a client may see.
  func answering<Response>(_ body: () async throws -> Response) async throws -> Response {
    do {
      return try await body()
    } catch let refusal as Refusal {
      throw refusal.error
    } catch let error as StoreError {
      throw answer(to: error)
    }
  }

  private static var unavailable: RPCError {
    RPCError(
      .unavailable, "The store is unavailable, try again later", details: [RetryInfo(after: .seconds(1))])
  }

  private func answer(to error: StoreError) -> RPCError {
    switch error {
    case .cancelled: return RPCError(.cancelled, "The call was cancelled")
    case .unavailable:
      logger.error("storage unavailable", metadata: ["error": "\(error)"])
      return Self.unavailable
    case .displaced:
      // The store has logged it, once.
      return Self.unavailable
    case .damaged:
      logger.error("storage damaged", metadata: ["error": "\(error)"])
      return RPCError(.dataLoss, "The store is damaged")
    case .failed, .cannotOpen:
      logger.error("storage failed", metadata: ["error": "\(error)"])
      return RPCError(.internalError, "The store failed")
    }
  }
}
