internal import ThinGRPC
internal import ThinGRPCProtobuf
internal import UserProtos
internal import UserTable

/// How many bytes of encoded messages an operation sends and receives; of a list, its share of the request.
struct OperationSize: Sendable {
  let request: Double
  let response: Double

  init(of scenario: Scenario, pageSize: Int, nameByteCount: Int) throws(MessageCodingError) {
    let users = (0..<UserTable.count).map(UserTable.user)
    switch scenario {
    case .unaryPingpong, .unaryLoad:
      request = try Self.mean(users) { user in GetUserRequest.with { $0.id = user.id } }
      response = try Self.mean(users) { $0 }
    case .create:
      let sizes = try MessageSizes.newUser()
      request = Double(sizes.request)
      response = Double(sizes.response)
    case .list:
      let whole = ListUsersRequest.with { $0.pageSize = Int32(clamping: pageSize) }
      request = Double(try whole.encoded().byteCount) / Double(pageSize)
      response = try Self.mean((0..<pageSize).map { users[$0 % users.count] }) { $0 }
    case .syncPingpong, .bytes:
      let name = scenario == .bytes ? String(repeating: "x", count: nameByteCount) : nil
      request = try Self.mean(users) { user in UserUpdate.of(user, name: name) }
      response = try Self.mean(users, SyncResult.updated)
    }
  }

  private static func mean<Message: ProtobufMessage>(
    _ users: [User], _ message: (User) -> Message
  ) throws(MessageCodingError) -> Double {
    var total = 0
    for user in users { total += try message(user).encoded().byteCount }
    return Double(total) / Double(users.count)
  }
}
