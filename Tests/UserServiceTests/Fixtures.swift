import Foundation
import Logging
import Testing
import ThinGRPC
import ThinGRPCProtobuf
import UserProtos

@testable import UserService

/// A folder that goes with the test.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "user-service-tests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  func file(_ name: String) -> String { path + "/" + name }
}

/// A logger that writes nowhere.
let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

/// A service on a store of its own.
func makeService(
  at location: UserStore.Location = .memory, busyTimeout: Duration = .seconds(30), logger: Logger = silent
) throws -> DatabaseUserService {
  DatabaseUserService(
    store: try UserStore(at: location, busyTimeout: busyTimeout, logger: logger), logger: logger)
}

func row(_ number: Int, plan: UserPlan = .free) -> CreateUserRequest {
  .with {
    $0.email = "user\(number)@example.org"
    $0.name = "User \(number)"
    $0.plan = plan
  }
}

func update(_ id: String, email: String? = nil) -> UserUpdate {
  .with {
    $0.id = id
    $0.email = email ?? "\(id)@example.org"
    $0.name = "Name of \(id)"
    $0.plan = .pro
  }
}

/// A sequence that yields what it is given, as fast as it is read.
func stream<Element: Sendable>(_ elements: [Element]) -> AsyncStream<Element> {
  AsyncStream { continuation in
    for element in elements { continuation.yield(element) }
    continuation.finish()
  }
}

extension DatabaseUserService {
  func create(_ request: CreateUserRequest) async throws -> User {
    try #require(try await store.apply([write(for: request)])[0].get())
  }

  func list(_ request: ListUsersRequest) async throws -> [User] {
    var users: [User] = []
    try await listUsers(request) { users.append($0) }
    return users
  }

  func sync(_ updates: [UserUpdate]) async throws -> [SyncResult] {
    var results: [SyncResult] = []
    try await syncUsers(stream(updates)) { results.append($0) }
    return results
  }
}
