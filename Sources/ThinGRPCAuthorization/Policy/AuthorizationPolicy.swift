internal import ThinGRPCJSON

/// A gRPC authorization policy: who may make which calls (gRFC A43).
///
/// ```json
/// {
///   "name": "users",
///   "deny_rules": [
///     { "name": "no guests", "source": { "principals": ["spiffe://example.org/guest/*"] } }
///   ],
///   "allow_rules": [
///     { "name": "readers", "request": { "paths": ["/userservice.UserService/Get*"] } }
///   ]
/// }
/// ```
///
/// A call is refused if a deny rule matches it, or no allow rule does. So a policy without allow rules refuses everything.
public struct AuthorizationPolicy: Sendable {
  /// The policy's name, for the audit log.
  public let name: String
  let denyRules: [AuthorizationRule]
  let allowRules: [AuthorizationRule]
  /// Which decisions the policy wants in the audit log; nil where it does not say.
  let audited: AuditedDecisions?

  /// Reads a policy from JSON.
  ///
  /// As strict as can be: a member that is not known, a name that is there twice, or a rule that could never match is an error.
  ///
  /// - Parameter json: UTF-8, with at most 32 arrays and objects inside each other.
  /// - Throws: `AuthorizationPolicyError` that says what is wrong, and where.
  public init(json: some Sequence<UInt8>) throws(AuthorizationPolicyError) {
    do throws(JSONError) {
      self = try PolicyReader.read(JSONValue(reading: Array(json)))
    } catch {
      throw AuthorizationPolicyError(message: error.description)
    }
  }

  /// Reads a policy from JSON.
  ///
  /// - Throws: `AuthorizationPolicyError` that says what is wrong, and where.
  public init(json: String) throws(AuthorizationPolicyError) {
    try self.init(json: json.utf8)
  }

  init(
    name: String, denyRules: [AuthorizationRule], allowRules: [AuthorizationRule], audited: AuditedDecisions?
  ) {
    self.name = name
    self.denyRules = denyRules
    self.allowRules = allowRules
    self.audited = audited
  }

  /// Decides about a call.
  func decide(_ call: some CallFacts) -> PolicyDecision {
    if let rule = denyRules.first(where: { $0.matches(call) }) {
      return PolicyDecision(isAllowed: false, rule: rule.name)
    }
    if let rule = allowRules.first(where: { $0.matches(call) }) {
      return PolicyDecision(isAllowed: true, rule: rule.name)
    }
    return PolicyDecision(isAllowed: false, rule: nil)
  }
}

/// Why a policy is not taken.
public struct AuthorizationPolicyError: Error, Hashable, Sendable {
  /// What is wrong and where, in one line: `deny_rules[1].request.headers[0].key: must not be empty`.
  public let message: String
}

extension AuthorizationPolicyError: CustomStringConvertible {
  /// The message.
  public var description: String { message }
}

/// What a policy says of one call.
struct PolicyDecision: Hashable, Sendable {
  let isAllowed: Bool
  /// The rule that decided; nil where none matched.
  let rule: String?
}
