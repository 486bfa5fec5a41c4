import Foundation
import GuardedService
import Testing
import ThinGRPC
import ThinGRPCAuthorization

@testable import ThinGRPCJWT

@Suite("Calls with tokens")
struct AuthenticatedCallTests {
  /// Claims that are good now.
  private static func claims(
    subject: String = "ada", issuer: String = "https://issuer", audience: String = "userd",
    endsIn: Double = 60
  ) -> String {
    let expiry = Date().timeIntervalSince1970 + endsIn
    return #"{"iss":"\#(issuer)","aud":"\#(audience)","sub":"\#(subject)","exp":\#(expiry)}"#
  }

  private static func bearer(_ token: String, scheme: String = "Bearer") -> Metadata {
    ["authorization": "\(scheme) \(token)"]
  }

  private static let requirements = JWTRequirements(issuer: "https://issuer", audience: "userd")

  @Test("Tokens good and bad, under a policy that names who may do what")
  func matrix() async throws {
    let key = try await TestKey.es256("k")
    let wrong = try await TestKey.es256("k")
    let policy = try AuthorizationPolicy(
      json: #"""
        {"name":"p","deny_rules":[{"name":"eve","source":{"principals":["jwt:https://issuer#eve"]}}],
         "allow_rules":[
           {"name":"readers","source":{"principals":["jwt:https://issuer#*"]},"request":{"paths":["/guarded.Store/Read"]}},
           {"name":"ada","source":{"principals":["jwt:https://issuer#ada"]}}]}
        """#)
    let open = ["/grpc.health.v1.Health/*"]
    let authenticator = try await JWTAuthenticator(
      keys: "{\"keys\":[\(key.entry(algorithm: "ES256"))]}", requiring: Self.requirements, leavingOpen: open)
    let service = GuardedService { context in
      "\(VerifiedToken.current?.subject ?? "nobody") \(CallPrincipal.current?.names ?? [])"
    }
    let interceptors: [any ServerInterceptor] = [
      authenticator, AuthorizationPolicyInterceptor(policy, leavingOpen: open),
    ]
    try await service.served(behind: interceptors) { channel in
      func read(_ metadata: Metadata) async -> String {
        await channel.outcome(of: GuardedService.read, metadata: metadata)
      }
      let good = try key.token(Self.claims())
      let ada = "ada [\"jwt:https://issuer#ada\"]"
      #expect(await read(Self.bearer(good)) == ada)
      #expect(await read(Self.bearer(good, scheme: "bearer")) == ada)
      #expect(await read(Self.bearer(good, scheme: "BEARER ")) == ada)
      #expect(await read([:]) == "UNAUTHENTICATED: The call has no token")
      #expect(
        await read(["authorization": "Basic abc"])
          == "UNAUTHENTICATED: The authorization of the call is no Bearer token")
      #expect(
        await read(["authorization": "Bearer"])
          == "UNAUTHENTICATED: The authorization of the call is no Bearer token")
      #expect(
        await read(["authorization": good])
          == "UNAUTHENTICATED: The authorization of the call is no Bearer token")
      #expect(await read(["authorization-x": "Bearer \(good)"]) == "UNAUTHENTICATED: The call has no token")
      var two = Self.bearer(good)
      two.add("Bearer \(good)", forKey: "Authorization")
      #expect(await read(two) == "UNAUTHENTICATED: The call has more than one authorization")
      #expect(
        await read(Self.bearer(good + "," + good)) == "UNAUTHENTICATED: The token does not have three parts")
      #expect(
        await read(Self.bearer(try key.token(Self.claims(endsIn: -60))))
          == "UNAUTHENTICATED: The token has expired")
      #expect(
        await read(Self.bearer(try wrong.token(Self.claims())))
          == "UNAUTHENTICATED: The token's signature is wrong")
      #expect(
        await read(Self.bearer(try key.token(Self.claims(audience: "x"))))
          == "UNAUTHENTICATED: The token is for another audience")
      #expect(
        await read(Self.bearer(try key.token(Self.claims(issuer: "x"))))
          == "UNAUTHENTICATED: The token is of another issuer")
      let none = #"{"alg":"none","kid":"k"}"#.base64URL + "." + Self.claims().base64URL + "."
      #expect(
        await read(Self.bearer(none))
          == "UNAUTHENTICATED: The token is signed by an algorithm that is not that of its key")
      // Who is known, and may not.
      let refusal = "PERMISSION_DENIED: Unauthorized RPC request rejected."
      #expect(await read(Self.bearer(try key.token(Self.claims(subject: "bob")))).hasPrefix("bob"))
      #expect(await read(Self.bearer(try key.token(Self.claims(subject: "eve")))) == refusal)
      for (subject, outcome) in [("ada", ada), ("bob", refusal), ("eve", refusal)] {
        let metadata = Self.bearer(try key.token(Self.claims(subject: subject)))
        #expect(await channel.outcome(of: GuardedService.write, metadata: metadata) == outcome)
      }
      // Open to all, and nobody is believed to be anybody.
      #expect(await channel.outcome(of: GuardedService.check) == "nobody []")
      #expect(await channel.outcome(of: GuardedService.check, metadata: Self.bearer("x")) == "nobody []")
    }
  }

  @Test("Keys in a file are taken over while calls go on, and what is no key set changes nothing")
  func reload() async throws {
    let folder = try TemporaryFolder()
    let keys = [try await TestKey.es256("a"), try await .eddsa("b")]
    func set(_ key: TestKey) -> String { "{\"keys\":[\(key.entry(algorithm: key.algorithm))]}" }
    try folder.write(set(keys[0]), to: "jwks.json")
    let problems = Kept<[String]>([])
    let reloads = Kept(0)
    let path = folder.path(of: "jwks.json")
    let authenticator = try await JWTAuthenticator(
      watching: path, every: .milliseconds(20), requiring: Self.requirements,
      onReload: { reloads.update { $0 += 1 } },
      onInvalid: { error in problems.update { $0.append(error.message) } })
    let tokens = try keys.map { Self.bearer(try $0.token(Self.claims())) }
    try await GuardedService().served(behind: [authenticator]) { channel in
      func outcomes() async -> [String] {
        [
          await channel.outcome(of: GuardedService.read, metadata: tokens[0]),
          await channel.outcome(of: GuardedService.read, metadata: tokens[1]),
        ]
      }
      let unknown = "UNAUTHENTICATED: The token is signed with a key that is not known"
      #expect(await outcomes() == ["served", unknown])
      try folder.replace("jwks.json", with: set(keys[1]))
      #expect(await eventually { await outcomes() == [unknown, "served"] })
      try folder.write("{\"keys\":", to: "jwks.json")
      #expect(await eventually { problems.value.count == 1 })
      try folder.remove("jwks.json")
      #expect(await eventually { problems.value.count == 2 })
      #expect(await outcomes() == [unknown, "served"])
      #expect(
        problems.value == [
          "\(path): line 1, column 9: the text ends where a value should be",
          "\(path): it does not exist",
        ])
      try folder.write(set(keys[0]), to: "jwks.json")
      #expect(await eventually { await outcomes() == ["served", unknown] })
      #expect(reloads.value == 2)
    }
  }

  @Test("A token that names a key which is not known has the file looked at, once a second at most")
  func unknownKey() async throws {
    let folder = try TemporaryFolder()
    let keys = [try await TestKey.es256("a"), try await .es256("b"), try await .es256("c")]
    try folder.write("{\"keys\":[\(keys[0].entry(algorithm: nil))]}", to: "jwks.json")
    // Looks of its own are an hour apart: what is found, is found because of the token.
    let authenticator = try await JWTAuthenticator(
      watching: folder.path(of: "jwks.json"), every: .seconds(3600), requiring: Self.requirements,
      onInvalid: { _ in })
    try folder.replace("jwks.json", with: "{\"keys\":[\(keys[1].entry(algorithm: nil))]}")
    let start = ContinuousClock.now
    _ = try await authenticator.verified(keys[1].token(Self.claims()))
    try folder.replace("jwks.json", with: "{\"keys\":[\(keys[2].entry(algorithm: nil))]}")
    let early = try? await authenticator.verified(keys[2].token(Self.claims()))
    if ContinuousClock.now - start < .seconds(1) { #expect(early == nil) }
    try await Task.sleep(for: .seconds(1.1))
    _ = try await authenticator.verified(keys[2].token(Self.claims()))
  }
}
