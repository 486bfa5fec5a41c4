internal import GRDB
internal import ThinGRPCProtobuf
internal import ThinGRPCWellKnownTypes
internal import UserProtos

/// One change of the store, validated before it is made.
///
/// Each is one SQL statement, and SQLite takes back a statement that fails without touching the transaction
/// around it. So the writes of many callers share a transaction, and a refusal undoes nothing but itself.
enum UserWrite: Sendable {
  /// Adds a user with an id of its own.
  case create(User)
  /// Changes the fields that are set.
  case update(UpdateUserRequest)
  /// Creates the user, or changes all but the time of creation.
  case put(User)
  case delete(id: String)

  /// The user as it is after a create or an update (nil after the others), or why nothing was changed.
  typealias Outcome = Result<User?, Refusal>

  /// Makes the change.
  ///
  /// - Throws: `DatabaseError` where the database failed; the transaction is lost then.
  func apply(to database: Database) throws -> Outcome {
    do {
      switch self {
      case .create(let user): return try Self.create(user, in: database)
      case .update(let request): return try Self.update(request, in: database)
      case .put(let user): return try Self.put(user, in: database)
      case .delete(let id): return try Self.delete(id, in: database)
      }
    } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_CONSTRAINT_UNIQUE {
      return .failure(.emailTaken)
    }
  }

  private static func create(_ user: User, in database: Database) throws -> Outcome {
    // DO NOTHING instead of an error: an import that is run again meets nothing but users that exist.
    try database.cachedStatement(
      sql: """
        INSERT INTO users (\(UserSchema.columns)) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (email) DO NOTHING
        """
    ).execute(arguments: arguments(of: user))
    return database.changesCount == 0 ? .failure(.emailTaken) : .success(user)
  }

  private static func update(_ request: UpdateUserRequest, in database: Database) throws -> Outcome {
    let statement = try database.cachedStatement(
      sql: """
        UPDATE users SET email = coalesce(?, email), name = coalesce(?, name), plan = coalesce(?, plan)
        WHERE id = ? RETURNING \(UserSchema.columns)
        """)
    let rows = try Row.fetchAll(
      statement,
      arguments: [
        request.hasEmail ? request.email : nil, request.hasName ? request.name : nil,
        request.hasPlan ? request.plan.rawValue : nil, request.id,
      ])
    guard let row = rows.first else { return .failure(.unknownUser(request.id)) }
    return .success(UserSchema.user(row))
  }

  private static func put(_ user: User, in database: Database) throws -> Outcome {
    try database.cachedStatement(
      sql: """
        INSERT INTO users (\(UserSchema.columns)) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET email = excluded.email, name = excluded.name, plan = excluded.plan
        """
    ).execute(arguments: arguments(of: user))
    return .success(nil)
  }

  private static func delete(_ id: String, in database: Database) throws -> Outcome {
    try database.cachedStatement(sql: "DELETE FROM users WHERE id = ?").execute(arguments: [id])
    return database.changesCount == 0 ? .failure(.unknownUser(id)) : .success(nil)
  }

  private static func arguments(of user: User) -> StatementArguments {
    [
      user.id, user.email, user.name, user.plan.rawValue, user.createdAt.seconds, user.createdAt.nanos,
    ]
  }
}
