import Testing

@testable import ThinGRPCAuthorization

@Suite("The audit log")
struct AuditTests {
  @Test("Its line is JSON with gRPC's names, and nothing that a call says breaks it")
  func line() {
    let audit = AuthorizationAudit(
      method: "/p.S/M", principal: "CN=\"ada\"\\\n\u{7F}é😀", peer: "unix:", policyName: "p", matchedRule: "",
      isAuthorized: false)
    #expect(
      audit.description
        == #"{"grpc_audit_log":{"rpc_method":"/p.S/M","principal":"CN=\"ada\"\\\u000a\u007f\u00e9\ud83d\ude00","peer":"unix:","policy_name":"p","matched_rule":"","authorized":false}}"#
    )
  }

  @Test("It is told what it is to be told")
  func decisions() {
    let allowed = PolicyDecision(isAllowed: true, rule: nil)
    let refused = PolicyDecision(isAllowed: false, rule: nil)
    #expect(!AuditedDecisions.none.include(allowed) && !AuditedDecisions.none.include(refused))
    #expect(!AuditedDecisions.refusals.include(allowed) && AuditedDecisions.refusals.include(refused))
    #expect(AuditedDecisions.permissions.include(allowed) && !AuditedDecisions.permissions.include(refused))
    #expect(AuditedDecisions.all.include(allowed) && AuditedDecisions.all.include(refused))
  }
}
