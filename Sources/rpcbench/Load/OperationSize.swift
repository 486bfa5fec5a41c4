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
      let sizes = try Self.sizes(users) { $0 }
      let rounds = pageSize / sizes.count
      let total = rounds * sizes.reduce(0, +) + sizes.prefix(pageSize % sizes.count).reduce(0, +)
      response = Double(total) / Double(pageSize)
    case .syncPingpong, .bytes:
      let name = scenario == .bytes ? String(repeating: "x", count: nameByteCount) : nil
      let updates = try UserUpdate.encodedSizes(of: users, name: name)
      request = Double(updates.reduce(0, +)) / Double(updates.count)
      response = try Self.mean(users, SyncResult.updated)
    }
  }

  private static func mean<Message: ProtobufMessage>(
    _ users: [User], _ message: (User) -> Message
  ) throws(MessageCodingError) -> Double {
    Double(try sizes(users, message).reduce(0, +)) / Double(users.count)
  }

  private static func sizes<Message: ProtobufMessage>(
    _ users: [User], _ message: (User) -> Message
  ) throws(MessageCodingError) -> [Int] {
    var sizes: [Int] = []
    for user in users { sizes.append(try message(user).encoded().byteCount) }
    return sizes
  }
}
