import GRPCRuntime
import GuardedService
import Testing
import ThinGRPC
import ThinGRPCAuthorization

@Suite("Calls under a policy")
struct PolicyInterceptorTests {
  private static let refusal = "PERMISSION_DENIED: Unauthorized RPC request rejected."

  private static func policy(deny: String = "", allow: String) throws -> AuthorizationPolicy {
    try AuthorizationPolicy(json: #"{"name":"p","deny_rules":[\#(deny)],"allow_rules":[\#(allow)]}"#)
  }

  /// What names callers, as an authenticator would.
  private struct Naming: ServerInterceptor {
    func intercept(_ context: ServerContext, next: () async throws -> Void) async throws {
      let names = context.metadata["caller"].map { [$0] } ?? []
      try await CallPrincipal.$current.withValue(CallPrincipal(names: names)) { try await next() }
    }
  }

  @Test(
    "What a policy allows is served; what it does not allow, or denies, is refused; health can be left open")
  func matrix() async throws {
    let policy = try Self.policy(
      deny: #"{"name":"no guests","source":{"principals":["jwt:i#guest*"]}}"#,
      allow: #"""
        {"name":"readers","source":{"principals":["jwt:i#*"]},"request":{"paths":["/guarded.Store/Read"]}},
        {"name":"writers","request":{"paths":["/guarded.Store/*"],"headers":[{"key":"X-Role","values":["writer","root*"]}]}}
        """#)
    let audits = Kept<[String]>([])
    let interceptor = AuthorizationPolicyInterceptor(
      policy, leavingOpen: ["/grpc.health.v1.Health/*"], auditing: .all
    ) { audit in audits.update { $0.append("\(audit.matchedRule) \(audit.isAuthorized) \(audit.principal)") }
    }
    try await GuardedService().served(behind: [Naming(), interceptor]) { channel in
      #expect(await channel.outcome(of: GuardedService.read) == Self.refusal)
      #expect(await channel.outcome(of: GuardedService.read, metadata: ["caller": "jwt:i#ada"]) == "served")
      #expect(
        await channel.outcome(of: GuardedService.read, metadata: ["caller": "jwt:j#ada"]) == Self.refusal)
      #expect(
        await channel.outcome(of: GuardedService.write, metadata: ["caller": "jwt:i#ada"]) == Self.refusal)
      #expect(
        await channel.outcome(
          of: GuardedService.write, metadata: ["caller": "jwt:i#ada", "X-ROLE": "writer"])
          == "served")
      #expect(await channel.outcome(of: GuardedService.write, metadata: ["x-role": "rooted"]) == "served")
      #expect(await channel.outcome(of: GuardedService.write, metadata: ["x-role": "Writer"]) == Self.refusal)
      #expect(
        await channel.outcome(
          of: GuardedService.write, metadata: ["caller": "jwt:i#guest-1", "x-role": "writer"])
          == Self.refusal)
      // Two values are one with a comma, as everywhere in gRPC.
      #expect(
        await channel.outcome(of: GuardedService.write, metadata: ["x-role": "writer", "X-Role": "x"])
          == Self.refusal)
      #expect(
        await channel.outcome(of: GuardedService.write, metadata: ["x-role": "root", "X-Role": "x"])
          == "served")
      #expect(await channel.outcome(of: GuardedService.check) == "served")
    }
    #expect(
      audits.value == [
        " false ", "readers true jwt:i#ada", " false jwt:j#ada", " false jwt:i#ada", "writers true jwt:i#ada",
        "writers true ", " false ", "no guests false jwt:i#guest-1", " false ", "writers true ",
      ])
  }

  @Test("A binary header is compared by its bytes")
  func binaryHeader() async throws {
    let policy = try Self.policy(
      allow: #"{"name":"a","request":{"headers":[{"key":"Tenant-Bin","values":["AC,*"]}]}}"#)
    try await GuardedService().served(behind: [AuthorizationPolicyInterceptor(policy)]) { channel in
      var metadata = Metadata()
      metadata.add([0x41, 0x43], forKey: "tenant-bin")
      #expect(await channel.outcome(of: GuardedService.read, metadata: metadata) == Self.refusal)
      metadata.add([0xFF, 0x00], forKey: "tenant-bin")
      #expect(await channel.outcome(of: GuardedService.read, metadata: metadata) == "served")
    }
  }

  @Test("A path that is almost that of a method reaches none, so no rule about paths is passed by")
  func oddPaths() async throws {
    let paths = [
      "guarded.Store/Read", "//guarded.Store/Read", "/guarded.Store//Read", "/guarded.Store/Read/",
      "/guarded.Store/read", "/Guarded.Store/Read", "/guarded.Store/%52ead", "/guarded.Store/Read?x",
      "/guarded.Store/Read#x", "/guarded.Store/./Read", "/x/../guarded.Store/Read", "/guarded.Store", "*",
      "/",
    ]
    let policy = try Self.policy(
      deny: #"{"name":"d","request":{"paths":["/guarded.Store/Read"]}}"#, allow: #"{"name":"all"}"#)
    let served = Kept(0)
    let service = GuardedService { _ in
      served.update { $0 += 1 }
      return "served"
    }
    try await service.served(behind: [AuthorizationPolicyInterceptor(policy)]) { channel in
      for path in paths {
        let parameters = ClientCall.Parameters(
          deadline: MonotonicInstant.now.advanced(byNanoseconds: 60_000_000_000), metadata: [],
          waitsForReady: false, isRepeatable: false)
        let call = try #require(
          ClientCall(on: channel.handle, path: MethodPath(path), shape: .unary, parameters: parameters))
        call.beginUnary(try Word("").encoded().takeBuffer())
        await call.ended()
        #expect(call.status.code == StatusCode.unimplemented.rawValue, "\(path): \(call.status)")
      }
      #expect(await channel.outcome(of: GuardedService.read) == Self.refusal)
      #expect(await channel.outcome(of: GuardedService.write) == "served")
    }
    #expect(served.value == 1)
  }

  @Test("A policy that says what is to be logged has its way")
  func auditCondition() async throws {
    let audits = Kept(0)
    let policy = try AuthorizationPolicy(
      json: #"{"name":"p","allow_rules":[],"audit_logging_options":{"audit_condition":"ON_ALLOW"}}"#)
    let interceptor = AuthorizationPolicyInterceptor(policy, auditing: .all) { _ in audits.update { $0 += 1 }
    }
    try await GuardedService().served(behind: [interceptor]) { channel in
      #expect(await channel.outcome(of: GuardedService.read) == Self.refusal)
    }
    #expect(audits.value == 0)
  }
}
