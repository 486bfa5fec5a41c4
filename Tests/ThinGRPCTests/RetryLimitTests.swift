import Testing
import ThinGRPC

@Suite("How far a retry policy goes")
struct RetryLimitTests {
  @Test("A call is committed once something has come from the server", arguments: [false, true])
  func committed(byMessage: Bool) async throws {
    let calls = Shared(0)
    var service = EchoService()
    service.onExpand = { _, responses, context in
      calls.update { $0 += 1 }
      if byMessage { try await responses.write("first") } else { try await context.sendInitialMetadata() }
      throw RPCError(.unavailable, "no")
    }
    service.onUnary = { _, context in
      calls.update { $0 += 1 }
      try await context.sendInitialMetadata()
      throw RPCError(.unavailable, "no")
    }
    try await withEcho(service, channel: .retrying(.quick(4))) { client, _ in
      _ = await rpcError { try await client.expand("1").collected() }
      #expect(calls.value == 1)
      _ = await rpcError { try await client.unary("a") }
      #expect(calls.value == 2)
    }
  }

  @Test("A stream of requests is sent again whole, up to 256 KiB")
  func buffer() async throws {
    let bodies = Shared<[Int]>([])
    var service = EchoService()
    service.onCollect = { requests, _ in
      var byteCount = 0
      for try await request in requests { byteCount += request.value.utf8.count }
      bodies.update { $0.append(byteCount) }
      throw RPCError(.unavailable, "no")
    }
    try await withEcho(service, channel: .retrying(.quick(3))) { client, _ in
      let piece = String(repeating: "x", count: 50_000)
      _ = await rpcError { try await client.collect(texts([piece, piece, piece])) }
      #expect(bodies.value == [150_000, 150_000, 150_000])
      bodies.value = []
      _ = await rpcError { try await client.collect(texts(Array(repeating: piece, count: 8))) }
      #expect(bodies.value == [400_000])
    }
  }

  @Test("A server says when a call may be made again")
  func pushback() async throws {
    let times = Shared<[ContinuousClock.Instant]>([])
    let pushback = Shared("0")
    var service = EchoService()
    service.onUnary = { _, _ in
      times.update { $0.append(.now) }
      throw RPCError(.unavailable, "no", metadata: ["grpc-retry-pushback-ms": pushback.value])
    }
    var slow = RetryPolicy.quick(3)
    (slow.initialBackoff, slow.maxBackoff) = (.seconds(600), .seconds(600))
    try await withEcho(service, channel: .retrying(slow)) { client, _ in
      // Without the server's word this would wait for ten minutes.
      _ = await rpcError { try await client.unary("a") }
      #expect(times.value.count == 3)
      (times.value, pushback.value) = ([], "200")
      _ = await rpcError { try await client.unary("a") }
      #expect(times.value.count == 3)
      #expect(times.value[1] - times.value[0] >= .milliseconds(200))
      for never in ["-1", "9223372036854775807", "9000000000000", "-9223372036854775808"] {
        (times.value, pushback.value) = ([], never)
        let error = await rpcError { try await client.unary("a") }
        #expect(error?.code == .unavailable)
        #expect(times.value.count == 1, "\(never)")
      }
    }
  }

  @Test(
    "A wait of many years is one that can be cancelled", arguments: ["9223372036854775807", "9000000000000"])
  func longPushback(pushback: String) async throws {
    var service = EchoService()
    service.onUnary = { _, _ in
      throw RPCError(.unavailable, "no", metadata: ["grpc-retry-pushback-ms": pushback])
    }
    var hedged = MethodConfig(.method(EchoService.unary))
    hedged.hedgingPolicy = HedgingPolicy(maxAttempts: 2, hedgingDelay: .seconds(315_576_000_000))
    var hedging = ChannelConfiguration()
    hedging.serviceConfig = ServiceConfig()
    hedging.serviceConfig?.methodConfigs = [hedged]
    for configuration in [ChannelConfiguration.retrying(.quick(3)), hedging] {
      try await withEcho(service, channel: configuration) { client, _ in
        let call = Task { try await client.unary("a", options: CallOptions(deadline: .none)) }
        try await Task.sleep(for: .milliseconds(100))
        call.cancel()
        let error = await rpcError { try await call.value }
        #expect(error?.code == .cancelled || error?.code == .unavailable)
      }
    }
  }

  @Test(
    "A call is committed also where its connection is lost after the server's first word",
    arguments: [false, true])
  func lostConnection(byMessage: Bool) async throws {
    let calls = Shared(0)
    var service = EchoService()
    service.onExpand = { _, responses, context in
      calls.update { $0 += 1 }
      if byMessage { try await responses.write("first") } else { try await context.sendInitialMetadata() }
      try await Task.sleep(for: .seconds(600))
    }
    service.onUnary = { request, context in
      calls.update { $0 += 1 }
      try await context.sendInitialMetadata()
      try await Task.sleep(for: .seconds(600))
      return request
    }
    var server = ServerConfiguration()
    server.maxConnectionAge = .milliseconds(300)
    server.maxConnectionAgeGrace = .milliseconds(300)
    var policy = RetryPolicy.quick(4)
    policy.retryableStatusCodes = Set((1...16).map { StatusCode(rawValue: $0) })
    try await withEcho(service, server: server, channel: .retrying(policy)) { client, _ in
      let error = await rpcError { try await client.expand("1").collected() }
      #expect(error?.code == .unavailable)
      #expect(calls.value == 1)
      let other = await rpcError { try await client.unary("a") }
      #expect(other?.code == .unavailable)
      #expect(calls.value == 2)
    }
  }

  @Test("A call whose connection is lost before that is made again")
  func lostBefore() async throws {
    let calls = Shared(0)
    var service = EchoService()
    service.onUnary = { request, _ in
      calls.update { $0 += 1 }
      if calls.value == 1 { try await Task.sleep(for: .seconds(600)) }
      return request
    }
    var server = ServerConfiguration()
    server.maxConnectionAge = .milliseconds(300)
    server.maxConnectionAgeGrace = .milliseconds(300)
    try await withEcho(service, server: server, channel: .retrying(.quick(4))) { client, _ in
      try await expectEqual(client.unary("a"), "a")
      #expect(calls.value == 2)
    }
  }

  @Test("What is no number is not sent as one")
  func pushbackThatIsNone() async throws {
    var service = EchoService()
    service.onUnary = { _, context in
      try context.setTrailingMetadata(["grpc-retry-pushback-ms": "soon"])
      return "a"
    }
    try await withEcho(service) { client, _ in
      let error = await rpcError { try await client.unary("a") }
      #expect(error?.code == .internalError)
    }
  }

  @Test("The waits grow to the longest, and a deadline is kept")
  func backoff() async throws {
    let times = Shared<[ContinuousClock.Instant]>([])
    var service = EchoService()
    service.onUnary = { _, _ in
      times.update { $0.append(.now) }
      throw RPCError(.unavailable, "no")
    }
    let policy = RetryPolicy(
      maxAttempts: 4, initialBackoff: .milliseconds(50), maxBackoff: .milliseconds(100), backoffMultiplier: 10
    )
    try await withEcho(service, channel: .retrying(policy)) { client, _ in
      _ = await rpcError { try await client.unary("a") }
      let waits = zip(times.value.dropFirst(), times.value).map { $0 - $1 }
      #expect(waits.count == 3)
      #expect(waits[0] >= .milliseconds(40) && waits[1] >= .milliseconds(80) && waits[2] >= .milliseconds(80))
    }
    var slow = policy
    (slow.initialBackoff, slow.maxBackoff) = (.seconds(600), .seconds(600))
    try await withEcho(service, channel: .retrying(slow)) { client, _ in
      times.value = []
      let error = await rpcError { try await client.unary("a", options: .timeout(.seconds(60))) }
      #expect(error?.code == .unavailable)
      #expect(times.value.count == 1)
    }
  }

  @Test("Too many failures end the making again, and successes bring it back")
  func throttling() async throws {
    let (calls, fails) = (Shared(0), Shared(true))
    var service = EchoService()
    service.onUnary = { request, _ in
      calls.update { $0 += 1 }
      if fails.value { throw RPCError(.unavailable, "no") }
      return request
    }
    let throttling = RetryThrottling(maxTokens: 4, tokenRatio: 0.5)
    try await withEcho(service, channel: .retrying(.quick(5), throttling)) { client, _ in
      func attempts() async -> Int {
        calls.value = 0
        _ = try? await client.unary("a")
        return calls.value
      }
      // 4, 3 tokens: made again; 2 are half.
      #expect(await attempts() == 2)
      #expect(await attempts() == 1)
      #expect(await attempts() == 1)
      #expect(await attempts() == 1)
      fails.value = false
      for _ in 0..<7 { #expect(await attempts() == 1) }
      fails.value = true
      // 3.5 tokens.
      #expect(await attempts() == 2)
      #expect(await attempts() == 1)
    }
  }

  @Test("What the policy does not have made again costs no tokens; a server's refusal does")
  func tokensOfOtherFailures() async throws {
    let calls = Shared(0)
    let failure = Shared(RPCError(.invalidArgument, "no"))
    var service = EchoService()
    service.onUnary = { _, _ in
      calls.update { $0 += 1 }
      throw failure.value
    }
    let throttling = RetryThrottling(maxTokens: 4, tokenRatio: 1)
    try await withEcho(service, channel: .retrying(.quick(2), throttling)) { client, _ in
      for _ in 0..<20 { _ = await rpcError { try await client.unary("a") } }
      failure.value = RPCError(.unavailable, "no")
      calls.value = 0
      _ = await rpcError { try await client.unary("a") }
      #expect(calls.value == 2)
      failure.value = RPCError(.invalidArgument, "no", metadata: ["grpc-retry-pushback-ms": "-1"])
      for _ in 0..<2 { _ = await rpcError { try await client.unary("a") } }
      failure.value = RPCError(.unavailable, "no")
      calls.value = 0
      _ = await rpcError { try await client.unary("a") }
      #expect(calls.value == 1)
    }
  }

  @Test("Cancellation ends the wait for another attempt", arguments: MethodKind.allKinds)
  func cancelled(kind: MethodKind) async throws {
    let seen = Shared<[String?]>([])
    var slow = RetryPolicy.quick(3)
    (slow.initialBackoff, slow.maxBackoff) = (.seconds(600), .seconds(600))
    try await withRetries(slow, failing: 100, seen: seen) { client in
      let call = Task { try await client.call(kind, CallOptions(deadline: .none)) }
      #expect(await eventually { !seen.value.isEmpty })
      try await Task.sleep(for: .milliseconds(50))
      call.cancel()
      let error = await rpcError { try await call.value }
      #expect(error?.code == .cancelled)
      #expect(seen.value.count == 1)
      #expect(await eventually { client.channel.openCallCount == 0 })
    }
  }
}
