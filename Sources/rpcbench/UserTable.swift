internal import ThinGRPCProtobuf
internal import UserProtos

/// The users that every benchmark server has, whatever it is written in.
enum UserTable {
  static let count = 1_000

  static func user(_ index: Int) -> User {
    .with {
      $0.id = "user-\(index)"
      $0.email = "user-\(index)@example.com"
      $0.name = "User \(index)"
      $0.plan = UserPlan(rawValue: Int32(index % 3 + 1))
      $0.createdAt = .with { $0.seconds = 1_700_000_000 + Int64(index) }
    }
  }
}
