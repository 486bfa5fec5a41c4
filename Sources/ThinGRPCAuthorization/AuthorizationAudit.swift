internal import ThinGRPCJSON

/// What a policy has decided about one call, for an audit log.
public struct AuthorizationAudit: Hashable, Sendable {
  /// The method's path, such as `/userservice.UserService/GetUser`.
  public let method: String
  /// Who called, by the first of its names; empty where that is not known.
  public let principal: String
  /// The address that the call came from, such as `ipv4:127.0.0.1:50051`.
  public let peer: String
  /// The name of the policy.
  public let policyName: String
  /// The name of the rule that matched; empty where none did, and the call was refused for that.
  public let matchedRule: String
  /// Whether the call goes on.
  public let isAuthorized: Bool
}

extension AuthorizationAudit: CustomStringConvertible {
  /// One line of JSON with the members that gRPC's own audit logs have (gRFC A59), and the peer.
  public var description: String {
    let members = [
      ("rpc_method", method.quotedAsJSON), ("principal", principal.quotedAsJSON),
      ("peer", peer.quotedAsJSON), ("policy_name", policyName.quotedAsJSON),
      ("matched_rule", matchedRule.quotedAsJSON), ("authorized", isAuthorized ? "true" : "false"),
    ]
    let text = members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",")
    return "{\"grpc_audit_log\":{\(text)}}"
  }
}

/// Which decisions an audit log is told.
public struct AuditedDecisions: Hashable, Sendable {
  private enum Kind { case none, refusals, permissions, all }
  private let kind: Kind

  /// No decision.
  public static let none = AuditedDecisions(kind: .none)
  /// The calls that are refused.
  public static let refusals = AuditedDecisions(kind: .refusals)
  /// The calls that go on.
  public static let permissions = AuditedDecisions(kind: .permissions)
  /// Every decision.
  public static let all = AuditedDecisions(kind: .all)

  func include(_ decision: PolicyDecision) -> Bool {
    switch kind {
    case .none: false
    case .refusals: !decision.isAllowed
    case .permissions: decision.isAllowed
    case .all: true
    }
  }
}
