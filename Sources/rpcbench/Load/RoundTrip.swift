internal import ThinGRPC
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

  /// How many bytes the updates of users take.
  static func encodedSizes(of users: [User], name: String?) throws(MessageCodingError) -> [Int] {
    var sizes: [Int] = []
    for user in users { sizes.append(try of(user, name: name == nil ? nil : "").encoded().byteCount) }
    guard let name, let user = users.first else { return sizes }
    // One name for all adds as much to each, and may be too large to be encoded a thousand times.
    let added = try of(user, name: name).encoded().byteCount - sizes[0]
    return sizes.map { $0 + added }
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
