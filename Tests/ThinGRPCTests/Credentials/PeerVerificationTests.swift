import Testing
import ThinGRPC
import ThinGRPCGuarding

@Suite("Verifiers of peers")
struct PeerVerificationTests {
  private struct Refusal: Error, CustomStringConvertible {
    let description: String
  }

  @Test("A channel's verifier sees the server, and decides")
  func channel() async throws {
    let seen = Guarded<[String]>([])
    for refuses in [false, true] {
      let channel = ChannelTLSConfiguration.test().with {
        $0.verifier = { identity, serverName in
          await Task.yield()
          seen.withLock {
            $0 = [
              identity.subject, serverName ?? "", identity.dnsNames.joined(),
              identity.ipAddresses.joined(separator: " "),
            ]
          }
          if refuses { throw Refusal(description: "not this one") }
        }
      }
      try await withTLS(server: .test(), channel: channel) { (client, _) async throws in
        if refuses {
          let error = await #expect(throws: RPCError.self) { try await client.unary("") }
          #expect(error?.code == .unavailable)
          #expect(error?.message.contains("not this one") == true, "\(String(describing: error))")
        } else {
          #expect(try await client.unary("") == "nobody")
        }
      }
      #expect(seen.withLock { $0 } == ["CN=server,O=ThinGRPC", "127.0.0.1", "localhost", "127.0.0.1 ::1"])
    }
  }

  @Test("A server's verifier sees clients with certificates, and decides")
  func server() async throws {
    let server = ServerTLSConfiguration.test(clientRoots: "ca.pem").with {
      $0.clientCertificates = .requested
      $0.verifierTimeLimit = .seconds(30)
      $0.verifier = { identity, serverName in
        #expect(serverName == nil)
        if identity.spiffeID == nil { throw Refusal(description: "no SPIFFE ID") }
      }
    }
    for (name, outcome) in [("client", "client"), ("two-uris-client", nil), (nil, "nobody")] {
      try await withTLS(server: server, channel: .test(name)) { (client, _) async throws in
        let options = outcome == nil ? CallOptions() : .waiting
        #expect((try? await client.unary("", options: options))?.value == outcome)
      }
    }
  }

  @Test("A verifier is not asked about a server that is none, and alone decides where nothing is verified")
  func order() async throws {
    let asked = Guarded(0)
    let verifier: PeerVerification = { identity, _ in
      asked.withLock { $0 += 1 }
      if identity.commonName != "server" { throw Refusal(description: "another") }
    }
    for (name, verification, isServed, isAsked) in [
      ("zero-server", ChannelTLSConfiguration.ServerVerification.withoutName, false, false),
      ("zero-server", .none, false, false),
      ("wrong-name-server", .full, false, false),
      ("other-server", .full, false, false),
      ("other-server", .none, true, true), ("wrong-name-server", .none, false, true),
    ] {
      asked.withLock { $0 = 0 }
      let channel = ChannelTLSConfiguration.test().with {
        $0.serverVerification = verification
        $0.verifier = verifier
      }
      try await withTLS(server: .test(name), channel: channel) { (client, _) async throws in
        #expect(((try? await client.unary("")) != nil) == isServed)
      }
      // More often than once where the channel has connected again.
      #expect((asked.withLock { $0 } > 0) == isAsked)
    }
  }

  @Test("A verifier that does not answer is given up, on either side")
  func timeLimit() async throws {
    let cancelled = Guarded(0)
    let endless: PeerVerification = { _, _ in
      while !Task.isCancelled { try? await Task.sleep(for: .seconds(60)) }
      cancelled.withLock { $0 += 1 }
    }
    let slowChannel = ChannelTLSConfiguration.test().with {
      $0.verifier = endless
      $0.verifierTimeLimit = .milliseconds(50)
    }
    try await withTLS(server: .test(), channel: slowChannel) { (client, _) async throws in
      let error = await #expect(throws: RPCError.self) { try await client.unary("") }
      #expect(error?.message.contains("took longer than") == true, "\(String(describing: error))")
    }
    let slowServer = ServerTLSConfiguration.test(clientRoots: "ca.pem").with {
      $0.verifier = endless
      $0.verifierTimeLimit = .milliseconds(50)
    }
    try await withTLS(server: slowServer, channel: .test("client")) { (client, _) async throws in
      _ = await #expect(throws: RPCError.self) { try await client.unary("", options: .timeout(.seconds(20))) }
    }
    while cancelled.withLock({ $0 }) < 2 { try await Task.sleep(for: .milliseconds(5)) }
  }

  @Test("Many connections are verified at a time")
  func many() async throws {
    let server = ServerTLSConfiguration.test(clientRoots: "ca.pem").with {
      $0.verifier = { _, _ in try await Task.sleep(for: .milliseconds(20)) }
    }
    try await withTLS(server: server, channel: .test("client")) { (_, server) async throws in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<32 {
          group.addTask {
            let channel = try Channel.test(
              to: server.addresses[0],
              .tls(.test("client").with { $0.verifier = { _, _ in await Task.yield() } }))
            #expect(try await EchoClient(channel: channel).unary("") == "client")
            await channel.shutdown()
          }
        }
        try await group.waitForAll()
      }
    }
  }
}
