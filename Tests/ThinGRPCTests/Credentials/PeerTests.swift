import Testing
import ThinGRPC
import ThinGRPCGuarding

@Suite("Who a peer is")
struct PeerTests {
  /// The peer that a handler sees.
  private func peer(
    server: ServerCredentials, channel: ChannelCredentials, address: String = "127.0.0.1:0"
  ) async throws -> Peer {
    let seen = Guarded<Peer?>(nil)
    let service = EchoService(onUnary: { request, context in
      seen.withLock { $0 = context.peer }
      return request
    })
    try await withCredentials(service, server: server, channel: channel, address: address) {
      (client, _) async throws in
      _ = try await client.unary("")
    }
    return try #require(seen.withLock { $0 })
  }

  @Test("A verified certificate's names are the peer's identity")
  func names() async throws {
    let peer = try await peer(
      server: .tls(.test(clientRoots: "ca.pem")), channel: .tls(.test("client")))
    #expect(peer.address.hasPrefix("ipv4:127.0.0.1:"))
    #expect(peer.securityLevel == .privacyAndIntegrity)
    let identity = try #require(peer.identity)
    #expect(identity.subject == "CN=client,O=ThinGRPC")
    #expect(identity.commonName == "client")
    #expect(identity.dnsNames == ["client.example.test"])
    #expect(identity.uris == ["spiffe://example.test/client"])
    #expect(identity.emailAddresses == ["client@example.test"])
    #expect(identity.ipAddresses == ["127.0.0.2"])
    #expect(identity.spiffeID == "spiffe://example.test/client")
    #expect(identity.certificateChainPEM.hasPrefix("-----BEGIN CERTIFICATE-----"))
  }

  @Test("Of two URIs, none is a SPIFFE ID")
  func twoURIs() async throws {
    let identity = try await peer(
      server: .tls(.test(clientRoots: "ca.pem")), channel: .tls(.test("two-uris-client"))
    ).identity
    #expect(identity?.uris == ["spiffe://example.test/one", "spiffe://example.test/two"])
    #expect(identity?.spiffeID == nil)
  }

  @Test(
    "A certificate with a zero byte in a name is refused",
    arguments: [ClientCertificatePolicy.required, .requested])
  func zeroByte(_ policy: ClientCertificatePolicy) async throws {
    _ = await #expect(throws: RPCError.self) {
      try await peer(
        server: .tls(.test(clientRoots: "ca.pem").with { $0.clientCertificates = policy }),
        channel: .tls(.test("zero-server")))
    }
  }

  @Test(
    "Without a verified certificate there is no identity",
    arguments: [ClientCertificatePolicy.notRequested, .requestedUnverified])
  func unverified(_ policy: ClientCertificatePolicy) async throws {
    let peer = try await peer(
      server: .tls(.test().with { $0.clientCertificates = policy }), channel: .tls(.test("client")))
    #expect(peer.identity == nil)
    #expect(peer.securityLevel == .privacyAndIntegrity)
  }

  @Test("An insecure connection has no security", arguments: ["127.0.0.1:0", "[::1]:0"])
  func insecure(_ address: String) async throws {
    let peer = try await peer(server: .insecure, channel: .insecure, address: address)
    #expect(peer.securityLevel == .none)
    #expect(peer.identity == nil)
  }

  @Test("Local credentials are secure")
  func local() async throws {
    let overLoopback = try await peer(server: .local(.loopback), channel: .local(.loopback))
    #expect(overLoopback.securityLevel == .privacyAndIntegrity)
    let path = "unix:\(TestCertificates.path("local.socket"))"
    let overSocket = try await peer(server: .local(.unixSocket), channel: .local(.unixSocket), address: path)
    #expect(overSocket.securityLevel == .privacyAndIntegrity)
    #expect(overSocket.address == "unix:")
    #expect(overSocket.identity == nil)
  }

  @Test("Local credentials refuse the other kind of connection, and TLS")
  func localOnly() async throws {
    for (server, channel) in [
      (ServerCredentials.local(.unixSocket), ChannelCredentials.local(.unixSocket)),
      (.local(.loopback), .tls(.test())), (.tls(.test()), .local(.loopback)),
    ] {
      _ = await #expect(throws: RPCError.self) { try await peer(server: server, channel: channel) }
    }
  }

  @Test("Each address of a server has its credentials")
  func addresses() async throws {
    let server = try Server(
      listeningOn: [
        ListeningAddress("127.0.0.1:0", credentials: .insecure),
        ListeningAddress("127.0.0.1:0", credentials: .tls(.test(clientRoots: "ca.pem"))),
        ListeningAddress(
          "127.0.0.1:0",
          credentials: .tls(
            .test(clientRoots: "ca.pem").with { $0.clientCertificates = .requestedUnverified })),
      ], services: [identifyingService])
    for (address, credentials, name) in [
      (server.addresses[0], ChannelCredentials.insecure, "nobody"),
      (server.addresses[1], .tls(.test("client")), "client"),
      (server.addresses[2], .tls(.test("client")), "nobody"),
    ] {
      let channel = try Channel.test(to: address, credentials)
      #expect(try await EchoClient(channel: channel).unary("") == Text(name))
      await channel.shutdown()
    }
    await server.shutdown()
  }

  @Test("A client without TLS and a server with it, and the other way round, fail at once")
  func mixed() async throws {
    for (server, channel) in [
      (ServerCredentials.tls(.test()), ChannelCredentials.insecure), (.insecure, .tls(.test())),
    ] {
      let error = await #expect(throws: RPCError.self) { try await peer(server: server, channel: channel) }
      #expect(error?.code == .unavailable, "\(String(describing: error))")
    }
  }

  @Test("ALTS is refused on a machine that is none of Google's")
  func alts() async throws {
    let server = #expect(throws: SetupError.self) {
      try Server(listeningOn: ["127.0.0.1:0"], credentials: .alts, services: [])
    }
    let channel = #expect(throws: SetupError.self) {
      try Channel(to: "127.0.0.1:1", credentials: .alts(targetServiceAccounts: ["a@example.test"]))
    }
    for error in [server, channel] {
      #expect(error?.code == .invalidConfiguration)
      #expect(error?.message.contains("Google's own machines") == true)
    }
  }
}
