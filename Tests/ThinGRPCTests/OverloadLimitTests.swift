import Foundation
import GRPCRuntime
import Testing
import ThinGRPC

@Suite("Limits for each client, and what a server says that has no room")
struct OverloadLimitTests {
  /// Fills a server with calls that wait, has `body` make others, and ends them.
  private func withFullServer(
    _ configuration: ServerConfiguration, waiting count: Int,
    _ body: (EchoClient, _ started: Shared<Int>) async throws -> Void
  ) async throws {
    let started = Shared(0)
    let cancelled = Shared(0)
    try await withEcho(.waiting(started, cancelled), server: configuration) { client, _ in
      let waiting = (0..<count).map { _ in Task { try? await client.unary("wait") } }
      while started.value < count { try await Task.sleep(for: .milliseconds(5)) }
      try await body(client, started)
      for task in waiting { task.cancel() }
      for task in waiting { _ = await task.value }
    }
  }

  @Test("By default a call without room is UNAVAILABLE, and its client asked to come back in a second")
  func pushBack() async throws {
    var configuration = ServerConfiguration()
    configuration.maxCallsInProgress = 2
    try await withFullServer(configuration, waiting: 2) { client, _ in
      let error = await rpcError { try await client.unary("more") }
      #expect(error?.code == .unavailable)
      #expect(error?.metadata["grpc-retry-pushback-ms"] == "1000")
    }
  }

  @Test("What a call without room is told can be set")
  func answers() async throws {
    let answers: [(ServerConfiguration.OverloadAnswer, StatusCode, String?)] = [
      (.resourceExhausted, .resourceExhausted, nil), (.unavailable(retryDelay: nil), .unavailable, nil),
      (.unavailable(retryDelay: .milliseconds(250)), .unavailable, "250"),
      (.unavailable(retryDelay: .seconds(-1)), .unavailable, "0"),
      (.unavailable(retryDelay: .seconds(1 << 40)), .unavailable, "2147483647"),
    ]
    for (answer, code, delay) in answers {
      var configuration = ServerConfiguration()
      configuration.maxCallsInProgress = 1
      configuration.overloadAnswer = answer
      try await withFullServer(configuration, waiting: 1) { client, _ in
        let error = await rpcError { try await client.unary("more") }
        #expect(error?.code == code)
        #expect(error?.metadata["grpc-retry-pushback-ms"] == delay)
      }
    }
  }

  @Test("One address has no more calls in progress than a quarter above its limit, and room again after them")
  func callsOfAddress() async throws {
    var configuration = ServerConfiguration()
    configuration.maxCallsPerAddress = 8
    let started = Shared(0)
    let cancelled = Shared(0)
    try await withEcho(.waiting(started, cancelled), server: configuration) { client, server in
      for round in 1...3 {
        let calls = (0..<40).map { _ in Task { await rpcError { try await client.unary("wait") } } }
        while started.value < round * 8 { try await Task.sleep(for: .milliseconds(5)) }
        // The others were refused; these end when they are cancelled.
        try await Task.sleep(for: .milliseconds(50))
        let begun = started.value
        #expect(begun <= round * 10)
        for call in calls { call.cancel() }
        var refusedCount = 0
        for call in calls where await call.value?.code == .unavailable { refusedCount += 1 }
        #expect(refusedCount >= 30)
        while server.runningHandlerCount > 0 { try await Task.sleep(for: .milliseconds(5)) }
        started.update { $0 = round * 10 }
      }
    }
  }

  @Test("A call that may not wait for a thread of the pool is refused")
  func waiting() async throws {
    var configuration = ServerConfiguration()
    configuration.handlerExecution = .onGlobalPool
    configuration.maxWaitingCalls = 0
    try await withEcho(server: configuration) { client, server in
      for _ in 0..<3 {
        let error = await rpcError { try await client.unary("a") }
        #expect(error?.code == .unavailable)
      }
      #expect(server.runningHandlerCount == 0)
    }
    configuration.maxWaitingCalls = 1
    try await withEcho(server: configuration) { client, _ in
      // One after the other: each has been taken by a thread when the next one comes.
      for _ in 0..<200 { try await expectEqual(client.unary("a"), "a") }
    }
  }

  @Test(
    "One address has no more connections than its limit, and room again when one is closed",
    arguments: [false, true])
  func connections(ofAll: Bool) async throws {
    var configuration = ServerConfiguration()
    if ofAll { configuration.maxConnections = 2 } else { configuration.maxConnectionsPerAddress = 2 }
    try await withEcho(server: configuration) { first, server in
      /// A client of its own, whose connection ends when it is let go.
      func another() throws -> EchoClient {
        var own = ChannelConfiguration()
        own.hasOwnConnection = true
        return EchoClient(
          channel: try Channel(to: server.addresses[0], credentials: .insecure, configuration: own))
      }
      func isServedAnew() async throws -> Bool {
        let client = try another()
        return (try? await client.unary("a")) != nil
      }
      try await expectEqual(first.unary("a"), "a")
      var second: EchoClient? = try another()
      try await expectEqual(second?.unary("a"), "a")
      try await #expect(!isServedAnew())
      // Those that are there are not touched.
      try await expectEqual(first.unary("a"), "a")
      second = nil
      var isServed = false
      for _ in 0..<100 where !isServed {
        isServed = try await isServedAnew()
        if !isServed { try await Task.sleep(for: .milliseconds(20)) }
      }
      #expect(isServed)
    }
  }

  @Test("A client that cancels calls as fast as it makes them is disconnected, a patient one is not")
  func cancelledCalls() async throws {
    var configuration = ServerConfiguration()
    configuration.maxCancelledCallsPerSecond = 20
    let started = Shared(0)
    let cancelled = Shared(0)
    try await withEcho(.waiting(started, cancelled), server: configuration) { client, _ in
      for _ in 0..<15 {
        let call = Task { try? await client.unary("wait") }
        while started.value == cancelled.value { try await Task.sleep(for: .milliseconds(1)) }
        call.cancel()
        _ = await call.value
        while started.value != cancelled.value { try await Task.sleep(for: .milliseconds(1)) }
      }
      try await Task.sleep(for: .milliseconds(1_100))
      let bystander = Task { await rpcError { try await client.unary("wait") } }
      var isDisconnected = false
      for _ in 0..<400 where !isDisconnected {
        let call = Task { await rpcError { try await client.unary("wait", options: .timeout(.seconds(20))) } }
        try await Task.sleep(for: .milliseconds(1))
        call.cancel()
        isDisconnected = await call.value?.code == .unavailable
      }
      #expect(await bystander.value?.code == .unavailable)
    }
  }

  @Test("Addresses are told apart as clients are: IPv4 by the address, IPv6 by the network")
  func addresses() throws {
    func network(_ text: String) throws -> PeerAddress { try #require(PeerAddress(text)).network }
    try #expect(network("ipv4:10.0.0.1:1") == network("ipv4:10.0.0.1:65535"))
    try #expect(network("ipv4:10.0.0.1:1") != network("ipv4:10.0.0.2:1"))
    try #expect(network("ipv6:%5B2001:db8::1%5D:1") == network("ipv6:[2001:db8::ffff:1]:2"))
    try #expect(network("ipv6:%5B2001:db8::1%5D:1") != network("ipv6:%5B2001:db8:0:1::1%5D:1"))
    try #expect(network("ipv6:%5Bfe80::1%25eth0%5D:1") == network("ipv6:[fe80::2]:1"))
    #expect(PeerAddress("ipv4:10.0.0.1:1") != PeerAddress("ipv4:10.0.0.1:2"))
    #expect(PeerAddress("ipv4:10.0.0.1:1")?.description == "10.0.0.1")
    #expect(PeerAddress("ipv6:%5B2001:db8::1%5D:1")?.description == "2001:db8::1")
    for text in [
      "", "unknown", "unix:", "unix:/run/a:1", "ipv4:10.0.0.1", "ipv4:a:1", "ipv4:10.0.0.1:65536", "ipv6:::1",
      ":",
    ] {
      #expect(PeerAddress(text) == nil, "\(text)")
    }
  }
}
