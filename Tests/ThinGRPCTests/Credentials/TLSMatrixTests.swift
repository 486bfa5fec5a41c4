import Testing
import ThinGRPC

@Suite("TLS between a server and a channel")
struct TLSMatrixTests {
  /// A server, a client, and what comes of a call.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let server: @Sendable () -> ServerTLSConfiguration
    let channel: @Sendable () -> ChannelTLSConfiguration
    let outcome: Outcome
  }

  enum Outcome: Sendable {
    /// The client is known by this name.
    case served(as: String)
    /// The call fails with `unavailable` and a message that has one of these in it.
    case refused([String])
  }

  /// How the core tells a client that the server has closed the connection, since TLS 1.3 has the client begin before its certificate is looked at.
  static let closed = ["Socket closed", "Connection reset", "Broken pipe", "recvmsg", "alert", "GOAWAY"]
  static let verifyFailed = ["certificate verify failed"]

  static let cases: [Case] = [
    Case(
      testDescription: "a server with a certificate of a known authority", server: { .test() },
      channel: { .test() }, outcome: .served(as: "nobody")),
    Case(
      testDescription: "a client certificate that is required", server: { .test(clientRoots: "ca.pem") },
      channel: { .test("client") }, outcome: .served(as: "client")),
    Case(
      testDescription: "a client certificate that is asked for",
      server: { .test(clientRoots: "ca.pem").with { $0.clientCertificates = .requested } },
      channel: { .test("client") }, outcome: .served(as: "client")),
    Case(
      testDescription: "no client certificate where one is asked for",
      server: { .test(clientRoots: "ca.pem").with { $0.clientCertificates = .requested } },
      channel: { .test() }, outcome: .served(as: "nobody")),
    Case(
      testDescription: "a client certificate that nobody asks for", server: { .test() },
      channel: { .test("client") }, outcome: .served(as: "nobody")),
    Case(
      testDescription: "a client certificate that is not verified",
      server: { .test().with { $0.clientCertificates = .requestedUnverified } }, channel: { .test("client") },
      outcome: .served(as: "nobody")),
    Case(
      testDescription: "a client certificate of another authority that is not verified",
      server: { .test(clientRoots: "ca.pem").with { $0.clientCertificates = .requestedUnverified } },
      channel: { .test("other-client") }, outcome: .served(as: "nobody")),
    Case(
      testDescription: "a server of another authority", server: { .test("other-server") },
      channel: { .test() }, outcome: .refused(verifyFailed)),
    Case(
      testDescription: "a server that the system's roots do not know", server: { .test() },
      channel: { ChannelTLSConfiguration() }, outcome: .refused(verifyFailed)),
    Case(
      testDescription: "a server with a certificate for another name", server: { .test("wrong-name-server") },
      channel: { .test() }, outcome: .refused(["Hostname Verification Check failed"])),
    Case(
      testDescription: "no client certificate where one is required",
      server: { .test(clientRoots: "ca.pem") }, channel: { .test() }, outcome: .refused(closed)),
    Case(
      testDescription: "a client of another authority", server: { .test(clientRoots: "ca.pem") },
      channel: { .test("other-client") }, outcome: .refused(closed)),
    Case(
      testDescription: "a client of another authority where a certificate is asked for",
      server: { .test(clientRoots: "ca.pem").with { $0.clientCertificates = .requested } },
      channel: { .test("other-client") }, outcome: .refused(closed)),
    Case(
      testDescription: "a client that is revoked",
      server: {
        .test(clientRoots: "ca.pem").with { $0.revocationListFolder = TestCertificates.path("crl") }
      }, channel: { .test("revoked-client") }, outcome: .refused(closed)),
    Case(
      testDescription: "a client that is not, where lists are looked at",
      server: {
        .test(clientRoots: "ca.pem").with { $0.revocationListFolder = TestCertificates.path("crl") }
      }, channel: { .test("client") }, outcome: .served(as: "client")),
    Case(
      testDescription: "a server that is revoked", server: { .test("revoked-server") },
      channel: { .test().with { $0.revocationListFolder = TestCertificates.path("crl") } },
      outcome: .refused(verifyFailed)),
    Case(
      testDescription: "a server that is not, where lists are looked at", server: { .test() },
      channel: { .test().with { $0.revocationListFolder = TestCertificates.path("crl") } },
      outcome: .served(as: "nobody")),
    Case(
      testDescription: "an RSA key", server: { .test("rsa-server") }, channel: { .test() },
      outcome: .served(as: "nobody")),
    Case(
      testDescription: "an Ed25519 key", server: { .test("ed25519-server") }, channel: { .test() },
      outcome: .served(as: "nobody")),
    Case(
      testDescription: "a chain with an authority in between", server: { .test("chain-server") },
      channel: { .test() }, outcome: .served(as: "nobody")),
    Case(
      testDescription: "a chain without the authority in between", server: { .test("leaf-server") },
      channel: { .test() }, outcome: .refused(verifyFailed)),
    Case(
      testDescription: "an authority in between that is trusted itself", server: { .test("leaf-server") },
      channel: { .test(roots: "intermediate.pem") }, outcome: .served(as: "nobody")),
    Case(
      testDescription: "TLS 1.3 that both require", server: { .test().with { $0.minimumVersion = .tls13 } },
      channel: { .test().with { $0.minimumVersion = .tls13 } }, outcome: .served(as: "nobody")),
    Case(
      testDescription: "TLS 1.3 and a client certificate",
      server: { .test(clientRoots: "ca.pem").with { $0.minimumVersion = .tls13 } },
      channel: { .test("client") }, outcome: .served(as: "client")),
    Case(
      testDescription: "another name that is asked for", server: { .test("wrong-name-server") },
      channel: { .test().with { $0.serverName = "elsewhere.example.test" } }, outcome: .served(as: "nobody")),
    Case(
      testDescription: "another name that the certificate is not for", server: { .test() },
      channel: { .test().with { $0.serverName = "elsewhere.example.test" } },
      outcome: .refused(["Hostname Verification Check failed"])),
    Case(
      testDescription: "a wildcard", server: { .test("wildcard-server") },
      channel: { .test().with { $0.serverName = "one.example.test" } }, outcome: .served(as: "nobody")),
    Case(
      testDescription: "a wildcard for two labels", server: { .test("wildcard-server") },
      channel: { .test().with { $0.serverName = "two.one.example.test" } },
      outcome: .refused(["Hostname Verification Check failed"])),
    Case(
      testDescription: "a wildcard for none", server: { .test("wildcard-server") },
      channel: { .test().with { $0.serverName = "example.test" } },
      outcome: .refused(["Hostname Verification Check failed"])),
    Case(
      testDescription: "an IP address for a name", server: { .test("ip-server") }, channel: { .test() },
      outcome: .served(as: "nobody")),
    Case(
      testDescription: "a certificate for an IP address and a name that is asked for",
      server: { .test("ip-server") }, channel: { .test().with { $0.serverName = "localhost" } },
      outcome: .refused(["Hostname Verification Check failed"])),
    Case(
      testDescription: "a name with a zero byte", server: { .test("zero-server") },
      channel: { .test().with { $0.serverName = "localhost" } },
      outcome: .refused(["a name with a zero byte"])),
    Case(
      testDescription: "a certificate for another name, where no name is checked",
      server: { .test("wrong-name-server") },
      channel: { .test().with { $0.serverVerification = .withoutName } }, outcome: .served(as: "nobody")),
    Case(
      testDescription: "another authority, where no name is checked", server: { .test("other-server") },
      channel: { .test().with { $0.serverVerification = .withoutName } }, outcome: .refused(verifyFailed)),
    Case(
      testDescription: "another authority, where nothing is verified", server: { .test("other-server") },
      channel: { .test().with { $0.serverVerification = .none } }, outcome: .served(as: "nobody")),
  ]

  @Test("A call comes to what the certificates say", arguments: cases)
  func outcome(_ test: Case) async throws {
    try await withTLS(server: test.server(), channel: test.channel()) { (client, _) async throws in
      switch test.outcome {
      case .served(let name):
        #expect(try await client.unary("") == Text(name))
      case .refused(let words):
        let error = await #expect(throws: RPCError.self) { try await client.unary("") }
        #expect(error?.code == .unavailable)
        #expect(words.contains { error?.message.contains($0) == true }, "\(String(describing: error))")
      }
    }
  }
}
