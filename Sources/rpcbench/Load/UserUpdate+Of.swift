internal import ThinGRPCProtobuf
internal import UserProtos

extension UserUpdate {
  /// The update of the sync scenarios: everything of a user, or with another name.
  static func of(_ user: User, name: String?) -> UserUpdate {
    .with {
      $0.id = user.id
      $0.email = user.email
      $0.name = name ?? user.name
      $0.plan = user.plan
    }
  }
}
