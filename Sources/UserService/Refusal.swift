internal import ThinGRPC
internal import ThinGRPCProtobuf
internal import ThinGRPCStatusDetails

/// Why a request, or one row of a stream, is refused: the one currency of validation, store and methods.
///
/// A unary call turns it into an `RPCError`, an import into a row of its failures, a sync into a result.
enum Refusal: Error, Hashable {
  /// Fields break the rules that requests are held to.
  case invalid([FieldViolation])
  /// There is no user with this id.
  case unknownUser(String)
  /// The e-mail address is another user's.
  case emailTaken

  static func invalid(_ field: String, _ why: String) -> Refusal {
    .invalid([FieldViolation(field: field, why: why)])
  }

  /// The status that a call of its own would end with.
  var code: StatusCode {
    switch self {
    case .invalid: .invalidArgument
    case .unknownUser: .notFound
    case .emailTaken: .alreadyExists
    }
  }

  /// The reason, readable by people, naming the fields.
  var reason: String {
    switch self {
    case .invalid(let violations): violations.map { "\($0.field) \($0.why)" }.joined(separator: "; ")
    case .unknownUser(let id): "User \(id) not found"
    case .emailTaken: "email belongs to another user"
    }
  }

  /// The reason for programs.
  private var details: [any ProtobufMessage] {
    switch self {
    case .invalid(let violations):
      [
        BadRequest.with {
          $0.fieldViolations = violations.map { violation in
            .with {
              $0.field = violation.field
              $0.description = violation.why
            }
          }
        }
      ]
    case .unknownUser(let id):
      [
        ResourceInfo.with {
          $0.resourceType = "userservice.User"
          $0.resourceName = id
        }
      ]
    case .emailTaken:
      [
        ErrorInfo.with {
          $0.reason = "EMAIL_TAKEN"
          $0.domain = "userservice.UserService"
        }
      ]
    }
  }

  /// What a call of its own ends with.
  var error: RPCError { RPCError(code, reason, details: details) }
}

/// A field that breaks a rule.
struct FieldViolation: Hashable {
  /// The field's name, as the .proto file has it.
  let field: String
  /// What is wrong, to be read behind the name.
  let why: String
}

extension [FieldViolation] {
  /// Makes a check, and keeps what is wrong for later.
  mutating func note(_ check: () throws(Refusal) -> Void) {
    do throws(Refusal) {
      try check()
    } catch {
      if case .invalid(let violations) = error { self += violations }
    }
  }

  /// Refuses the request if any check has failed.
  func refuse() throws(Refusal) {
    if !isEmpty { throw .invalid(self) }
  }
}
