internal import ThinGRPC
internal import ThinGRPCProtobuf
internal import UserProtos

/// The encoded sizes of the messages of the benchmark, in bytes, so that a worker need not encode to know them.
struct MessageSizes: Sendable {
  /// The users of the table, by their index.
  let users: [Int]
  /// The requests for them.
  let requests: [Int]

  init() throws(MessageCodingError) {
    var users: [Int] = []
    var requests: [Int] = []
    for index in 0..<UserTable.count {
      let user = UserTable.user(index)
      users.append(try user.encoded().byteCount)
      requests.append(try GetUserRequest.with { $0.id = user.id }.encoded().byteCount)
    }
    self.users = users
    self.requests = requests
  }
}
