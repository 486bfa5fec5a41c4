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

extension SyncResult {
  /// The result of such an update.
  static func updated(_ user: User) -> SyncResult {
    .with {
      $0.id = user.id
      $0.ok = true
      $0.message = "updated"
    }
  }
}
