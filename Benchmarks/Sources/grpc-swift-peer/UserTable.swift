internal import SwiftProtobuf

/// The users that every benchmark server has, as this stack's messages.
struct UserTable: Sendable {
  static let count = 1_000

  let users: [Userservice_User]
  private let usersByID: [String: Userservice_User]

  init() {
    users = (0..<Self.count).map { index in
      .with {
        $0.id = "user-\(index)"
        $0.email = "user-\(index)@example.com"
        $0.name = "User \(index)"
        $0.plan = Userservice_UserPlan(rawValue: index % 3 + 1) ?? .unspecified
        $0.createdAt = .with { $0.seconds = 1_700_000_000 + Int64(index) }
      }
    }
    usersByID = Dictionary(uniqueKeysWithValues: users.map { ($0.id, $0) })
  }

  func user(id: String) -> Userservice_User? { usersByID[id] }
}
