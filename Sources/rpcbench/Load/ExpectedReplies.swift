internal import UserProtos
internal import UserTable

/// What the replies of a right server are, made once so that a worker only compares.
final class ExpectedReplies: Sendable {
  /// The users of the table, by their index.
  let users = UserTable().users

  /// Whether a reply is the user of an index. A function of its own, which compares in place: elsewhere the compiler copies
  /// both first.
  @inline(never)
  func isUser(of index: Int, _ user: User) -> Bool {
    users[index] == user
  }

  /// Whether a result says that the user of an index was updated.
  func isUpdate(of index: Int, _ result: SyncResult) -> Bool {
    result.ok && result.id == users[index].id && result.code == 0 && result.message == "updated"
  }
}
