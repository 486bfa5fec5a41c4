internal import ThinGRPC
internal import ThinGRPCProtobuf
internal import UserProtos
internal import UserTable

/// The encoded sizes of the messages of the benchmark, in bytes, so that a worker need not encode to know them.
struct MessageSizes: Sendable {
  /// The users of the table, by their index.
  let users: [Int]
  /// The requests for them.
  let requests: [Int]
  /// A user of the create scenario: they all have one size.
  let newUser: (request: Int, response: Int)
  /// The updates of the users, by their index, each with its result; none where the scenario has no updates.
  let roundTrips: [Int]

  /// - Parameter nameByteCount: of the name in an update of the bytes scenario.
  init(of scenario: Scenario, nameByteCount: Int) throws(MessageCodingError) {
    let table = (0..<UserTable.count).map(UserTable.user)
    let hasUpdates = scenario == .syncPingpong || scenario == .bytes
    let name = scenario == .bytes ? String(repeating: "x", count: nameByteCount) : nil
    let updates = hasUpdates ? try UserUpdate.encodedSizes(of: table, name: name) : []
    var users: [Int] = []
    var requests: [Int] = []
    var roundTrips: [Int] = []
    for (index, user) in table.enumerated() {
      users.append(try user.encoded().byteCount)
      requests.append(try GetUserRequest.with { $0.id = user.id }.encoded().byteCount)
      if hasUpdates {
        roundTrips.append(updates[index] + (try SyncResult.updated(user).encoded().byteCount))
      }
    }
    self.users = users
    self.requests = requests
    self.roundTrips = roundTrips
    newUser = try Self.newUser()
  }

  static func newUser() throws(MessageCodingError) -> (request: Int, response: Int) {
    var newUsers = NewUsers(run: 0, worker: 0)
    let request = newUsers.next()
    let response = User.with {
      $0.id = UserTable.firstCreatedID
      $0.email = request.email
      $0.name = request.name
      $0.plan = request.plan
      $0.createdAt = UserTable.user(0).createdAt
    }
    return (try request.encoded().byteCount, try response.encoded().byteCount)
  }
}
