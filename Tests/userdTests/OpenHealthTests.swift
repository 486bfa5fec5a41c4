import ArgumentParser
import GuardedService
import Logging
import Testing
import ThinGRPC

@testable import userd

@Suite("Health checks and who may call")
struct OpenHealthTests {
  private static let key =
    #"{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}"#

  @Test(
    "With --open-health the checks are let through, and nothing else; without it, nothing is",
    arguments: [false, true])
  func openHealth(isOpen: Bool) async throws {
    let folder = try TemporaryFolder()
    try folder.write(#"{"name":"nobody","allow_rules":[]}"#, to: "policy.json")
    try folder.write(#"{"keys":[\#(Self.key)]}"#, to: "jwks.json")
    let policy = ["--policy", folder.path(of: "policy.json")]
    let tokens = ["--jwks", folder.path(of: "jwks.json"), "--jwt-issuer", "i", "--jwt-audience", "a"]
    for (flags, refusal) in [
      (policy, "PERMISSION_DENIED"), (tokens, "UNAUTHENTICATED"), (policy + tokens, "UNAUTHENTICATED"),
    ] {
      let options = try SecurityOptions.parse(flags + (isOpen ? ["--open-health"] : []))
      let security = try await Security(options, listeningOn: [], logger: Logger(label: "test"))
      try await GuardedService().served(behind: security.interceptors) { channel in
        let (check, read) = await (
          channel.outcome(of: GuardedService.check), channel.outcome(of: GuardedService.read)
        )
        #expect(isOpen ? check == "served" : check.hasPrefix(refusal), "\(flags)")
        #expect(read.hasPrefix(refusal), "\(flags)")
      }
    }
    #expect(throws: (any Error).self) { try SecurityOptions.parse(["--open-health"]) }
  }
}
