internal import SwiftProtobuf

/// What a right server answers, with the sizes that the messages have.
struct ExpectedReplies: Sendable {
  let users: [Userservice_User]
  let userSizes: [Int]
  let requestSizes: [Int]
  let results: [Userservice_SyncResult]
  let resultSizes: [Int]

  init() {
    users = UserTable().users
    userSizes = users.map(\.encodedSize)
    requestSizes = users.map { user in Userservice_GetUserRequest.with { $0.id = user.id }.encodedSize }
    results = users.map { user in
      .with {
        $0.id = user.id
        $0.ok = true
        $0.message = "updated"
      }
    }
    resultSizes = results.map(\.encodedSize)
  }
}

extension SwiftProtobuf.Message {
  /// How many bytes the encoded message has.
  var encodedSize: Int { (try? serializedData().count) ?? 0 }
}
