internal import ThinGRPCGuarding
internal import ThinGRPCProtobuf
internal import ThinGRPCWellKnownTypes
public import UserProtos

/// The users that every benchmark server has, whatever it is written in and whatever it speaks.
///
/// For the benchmarks alone: `rpcbench serve` and the REST server of `Benchmarks` share it, so that what is compared is what
/// stands around it. The 1,000 fixed users are read without a lock; created ones are behind a mutex.
public final class UserTable: Sendable {
  /// How many fixed users there are: `user-0` to `user-999`.
  public static let count = 1_000

  /// The fixed users, by their index.
  public let users: [User]
  private let usersByID: [String: User]
  private let created = Guarded(CreatedUsers())

  /// Makes the fixed users.
  public init() {
    users = (0..<Self.count).map(Self.user)
    usersByID = Dictionary(uniqueKeysWithValues: users.map { ($0.id, $0) })
  }

  /// The fixed user with an index from 0 to 999.
  public static func user(_ index: Int) -> User {
    .with {
      $0.id = "user-\(index)"
      $0.email = "user-\(index)@example.com"
      $0.name = "User \(index)"
      $0.plan = UserPlan(rawValue: Int32(index % 3 + 1))
      $0.createdAt = .with { $0.seconds = 1_700_000_000 + Int64(index) }
    }
  }

  /// The id of the user that is created first; the next ones count on.
  public static let firstCreatedID = "user-\(CreatedUsers.firstNumber)"

  /// The user with an id, fixed or created; nil where there is none, or where it was created too long ago.
  public func user(id: String) -> User? {
    usersByID[id] ?? created.withLock { $0.user(id: id) }
  }

  /// Creates a user with the next free id and the present time.
  ///
  /// - Throws: `UserRefusal` for a field that is missing or an e-mail address that is taken.
  public func create(email: String, name: String, plan: UserPlan) throws(UserRefusal) -> User {
    guard email.utf8.contains(UInt8(ascii: "@")) else { throw .malformed("email is not an e-mail address") }
    guard !name.isEmpty else { throw .malformed("name must not be empty") }
    guard (1...3).contains(plan.rawValue) else { throw .malformed("plan must be one of the plans") }
    guard !Self.isFixed(email: email) else { throw .emailTaken(email) }
    return try created.withLock { created throws(UserRefusal) in
      try created.add(email: email, name: name, plan: plan)
    }
  }

  /// Whether a fixed user has the address: they are `user-N@example.com`, so no table of them is needed.
  private static func isFixed(email: String) -> Bool {
    guard email.hasPrefix("user-"), email.hasSuffix("@example.com") else { return false }
    guard let index = Int(email.dropFirst(5).dropLast(12)) else { return false }
    return (0..<count).contains(index) && email == "user-\(index)@example.com"
  }
}
