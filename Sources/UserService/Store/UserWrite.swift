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
  /// - Throws: `DatabaseError` where the database failed; the transaction is lost then. `StoreError.damaged` where what the
  ///   write rests on is damaged; nothing was changed then.
  func apply(to database: Database) throws -> Outcome {
    switch self {
    case .create(let user): return try Self.create(user, in: database)
    case .update(let request): return try Self.update(request, in: database)
    case .put(let user): return try Self.put(user, in: database)
    case .delete(let id): return try Self.delete(id, in: database)
    }
  }

  private static func create(_ user: User, in database: Database) throws -> Outcome {
    // DO NOTHING instead of an error: an import that is run again meets nothing but users that exist.
    try database.cachedStatement(sql: "\(insert) ON CONFLICT (email) DO NOTHING")
      .execute(arguments: UserSchema.arguments(of: user))
    guard database.changesCount == 0 else { return .success(user) }
    return try taken(user.email, in: database)
  }

  private static func update(_ request: UpdateUserRequest, in database: Database) throws -> Outcome {
    guard var user = try UserSchema.user(withID: request.id, in: database) else {
      return .failure(.unknownUser(request.id))
    }
    if request.hasEmail { user.email = request.email }
    if request.hasName { user.name = request.name }
    if request.hasPlan { user.plan = request.plan }
    return try change(to: user, in: database)
  }

  private static func put(_ user: User, in database: Database) throws -> Outcome {
    var user = user
    let outcome: Outcome
    if let existing = try UserSchema.user(withID: user.id, in: database) {
      user.createdAt = existing.createdAt
      outcome = try change(to: user, in: database)
    } else {
      outcome = try create(user, in: database)
    }
    return outcome.map { _ -> User? in nil }
  }

  private static func delete(_ id: String, in database: Database) throws -> Outcome {
    try database.cachedStatement(sql: "DELETE FROM users WHERE id = ?").execute(arguments: [id])
    return database.changesCount == 0 ? .failure(.unknownUser(id)) : .success(nil)
  }

  private static let insert = """
    INSERT INTO users (\(UserSchema.columns)) VALUES (?, ?, ?, ?, ?, ?, ?)
    """

  /// Writes the whole user again, with its checksum. It was read before, so that damage never gets a checksum that fits.
  private static func change(to user: User, in database: Database) throws -> Outcome {
    do {
      try database.cachedStatement(
        sql: "UPDATE users SET email = ?, name = ?, plan = ?, checksum = ? WHERE id = ?"
      )
      .execute(
        arguments: [user.email, user.name, user.plan.rawValue, UserSchema.checksum(of: user), user.id])
    } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_CONSTRAINT_UNIQUE {
      return try taken(user.email, in: database)
    }
    return .success(user)
  }

  /// The refusal of an address that the index has already, if it is there rightly: a damaged index may have any.
  private static func taken(_ email: String, in database: Database) throws -> Outcome {
    let statement = try database.cachedStatement(
      sql: "SELECT \(UserSchema.columns) FROM users WHERE email = ?")
    guard try Row.fetchOne(statement, arguments: [email]).map(UserSchema.user) != nil else {
      throw StoreError.damaged("the index of the e-mail addresses has one that no row has")
    }
    return .failure(.emailTaken)
  }
}
