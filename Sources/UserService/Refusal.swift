internal import ThinGRPC

/// Why a request, or one row of a stream, is refused: the one currency of validation, store and methods.
///
/// A unary call turns it into an `RPCError`, an import into a row of its failures, a sync into a result.
struct Refusal: Error, Hashable {
  /// The status that a call of its own would end with.
  let code: StatusCode
  /// The reason, readable by people, naming the field.
  let reason: String

  static func invalid(_ field: String, _ why: String) -> Refusal {
    Refusal(code: .invalidArgument, reason: "\(field) \(why)")
  }

  static func unknownUser(_ id: String) -> Refusal {
    Refusal(code: .notFound, reason: "User \(id) not found")
  }

  static let emailTaken = Refusal(code: .alreadyExists, reason: "email belongs to another user")
}
