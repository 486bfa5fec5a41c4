internal import Foundation
internal import NIOCore
internal import NIOFoundationCompat
internal import NIOHTTP1
internal import UserJSON

/// What all workers share: the scenario, and what a right server answers.
struct Requests: Sendable {
  let scenario: Scenario
  let pageSize: Int
  /// What tells this run's new users from those of another.
  let run = UInt32.random(in: .min ... .max)
  let users: [UserBody] = (0..<1_000).map { index in
    UserBody(
      id: "user-\(index)", email: "user-\(index)@example.com", name: "User \(index)",
      plan: PlanName(number: Int32(index % 3 + 1)) ?? .unspecified,
      createdAt: Date(timeIntervalSince1970: 1_700_000_000 + Double(index)))
  }

  init(_ scenario: Scenario, pageSize: Int) {
    self.scenario = scenario
    self.pageSize = pageSize
  }
}

/// The requests of one worker, and the check of their replies.
struct RequestSequence {
  private let requests: Requests
  private let emailPrefix: String
  private let encoder = userEncoder()
  private let decoder = userDecoder()
  private var nextIndex: Int
  private var created = 0
  private var newUser = NewUserBody(email: "", name: "New User", plan: .free)
  private var lastID = ""

  init(_ requests: Requests, worker: Int) {
    self.requests = requests
    emailPrefix = "new-" + String(format: "%08x-%04d-", requests.run, worker)
    nextIndex = worker * 31 % requests.users.count
  }

  /// The next request; the one before must have been verified.
  mutating func next() -> (head: HTTPRequestHead, body: ByteBuffer?) {
    var headers: HTTPHeaders = ["Host": "localhost", "Accept": "application/json"]
    switch requests.scenario {
    case .get:
      return (
        HTTPRequestHead(version: .http1_1, method: .GET, uri: "/users/user-\(nextIndex)", headers: headers),
        nil
      )
    case .list:
      let uri = "/users?page_size=\(requests.pageSize)"
      return (HTTPRequestHead(version: .http1_1, method: .GET, uri: uri, headers: headers), nil)
    case .create:
      let digits = String(created)
      let padding = String(repeating: "0", count: max(0, 8 - digits.utf8.count))
      newUser.email = "\(emailPrefix)\(padding)\(digits)@example.com"
      newUser.plan = PlanName(number: Int32(created % 3 + 1)) ?? .unspecified
      var body = ByteBuffer()
      // A body of three strings cannot fail to encode; if it did, the server would refuse what is missing.
      if let data = try? encoder.encode(newUser) { body.writeBytes(data) }
      headers.add(name: "Content-Type", value: "application/json")
      headers.add(name: "Content-Length", value: String(body.readableBytes))
      return (HTTPRequestHead(version: .http1_1, method: .POST, uri: "/users", headers: headers), body)
    }
  }

  /// How a reply is not what it should be.
  struct Wrong: Error, CustomStringConvertible {
    let description: String
  }

  /// Checks the status and every field of the reply, and returns the number of users in it.
  mutating func verify(_ status: HTTPResponseStatus, _ body: ByteBuffer) -> Result<Int, Wrong> {
    func wrong(_ reason: String) -> Result<Int, Wrong> {
      .failure(Wrong(description: "\(requests.scenario.rawValue): \(reason)"))
    }
    guard status == (requests.scenario == .create ? .created : .ok) else {
      return wrong("status \(status.code): \(String(buffer: body).prefix(200))")
    }
    do {
      switch requests.scenario {
      case .get:
        let user = try decoder.decode(UserBody.self, from: body)
        guard user == requests.users[nextIndex] else { return wrong("user-\(nextIndex) is \(user)") }
        nextIndex = nextIndex + 1 == requests.users.count ? 0 : nextIndex + 1
        return .success(1)
      case .create:
        let user = try decoder.decode(UserBody.self, from: body)
        guard user.email == newUser.email, user.name == newUser.name, user.plan == newUser.plan,
          !user.id.isEmpty,
          user.id != lastID, user.createdAt.timeIntervalSince1970 > 0
        else { return wrong("\(newUser.email) became \(user)") }
        lastID = user.id
        created += 1
        return .success(1)
      case .list:
        let users = try decoder.decode([UserBody].self, from: body)
        guard users.count == requests.pageSize else { return wrong("\(users.count) users") }
        for (index, user) in users.enumerated() where user != requests.users[index % requests.users.count] {
          return wrong("at \(index) is \(user)")
        }
        return .success(users.count)
      }
    } catch {
      return wrong("\(error)")
    }
  }
}
