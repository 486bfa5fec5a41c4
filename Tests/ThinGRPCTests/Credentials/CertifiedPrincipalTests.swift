import Testing
import ThinGRPC
import ThinGRPCAuthorization

@Suite("Principals of certificates")
struct CertifiedPrincipalTests {
  /// How a call ends of a client with the certificate of `client`, under a policy that allows `principal`.
  private func outcome(
    _ principal: String, client: String? = "client", policy: ClientCertificatePolicy = .requested
  ) async throws -> StatusCode {
    let json = #"{"name":"p","allow_rules":[{"name":"a","source":{"principals":["\#(principal)"]}}]}"#
    let interceptor = AuthorizationPolicyInterceptor(try AuthorizationPolicy(json: json))
    let server = try Server(
      listeningOn: ["127.0.0.1:0"],
      credentials: .tls(.test(clientRoots: "ca.pem").with { $0.clientCertificates = policy }),
      services: [identifyingService], interceptors: [interceptor])
    let channel = try Channel.test(to: server.addresses[0], .tls(.test(client)))
    var code = StatusCode.ok
    do {
      _ = try await EchoClient(channel: channel).unary("")
    } catch let error as RPCError {
      code = error.code
    }
    await channel.shutdown()
    await server.shutdown()
    return code
  }

  @Test(
    "A policy's principal is a URI, a DNS name, the subject or the common name of the verified certificate")
  func names() async throws {
    for (principal, code) in [
      ("spiffe://example.test/client", StatusCode.ok), ("spiffe://example.test/*", .ok),
      ("client.example.test", .ok), ("*.example.test", .ok),
      (#"CN=client,O=ThinGRPC","O=ThinGRPC,CN=client"#, .ok), ("cn:client", .ok), ("cn:cli*", .ok),
      ("*", .ok),
      ("spiffe://example.test/other", .permissionDenied), ("client", .permissionDenied),
      ("client@example.test", .permissionDenied), ("127.0.0.2", .permissionDenied),
      ("CN=client", .permissionDenied), ("cn:other", .permissionDenied), ("jwt:*", .permissionDenied),
    ] {
      let result = try await outcome(principal)
      #expect(result == code, "\(principal)")
    }
  }

  @Test("Whoever has no verified certificate has none of these names, TLS or not")
  func nobody() async throws {
    for principal in ["*", "CN=*", "spiffe://*"] {
      expectEqual(try await outcome(principal, client: nil), .permissionDenied)
      expectEqual(
        try await outcome(principal, policy: .requestedUnverified), .permissionDenied)
    }
  }
}
