internal import ThinGRPCProtobuf
internal import UserProtos
internal import UserTable

/// What the replies of a right server are, made once so that a worker only compares.
final class ExpectedReplies: Sendable {
  /// The users of the table, by their index.
  let users = UserTable().users

  /// Whether a reply is the user of an index. Field by field, which compares in place: the compiler copies whole messages first.
  @inline(never)
  func isUser(of index: Int, _ user: User) -> Bool {
    users[index].id == user.id && users[index].email == user.email && users[index].name == user.name
      && users[index].plan == user.plan && user.hasCreatedAt && users[index].createdAt == user.createdAt
      && user.unknownFields == UnknownFields()
  }

  /// Whether a result says that the user of an index was updated.
  func isUpdate(of index: Int, _ result: SyncResult) -> Bool {
    result.ok && result.id == users[index].id && result.code == 0 && result.message == "updated"
  }
}
