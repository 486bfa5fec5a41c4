import Testing
import ThinGRPC

@Suite("Calls that are made again by a retry policy")
struct RetryTests {
  @Test(
    "A call that fails is made again until it succeeds, and both sides see how often", arguments: allKinds)
  func succeeds(kind: MethodKind) async throws {
    let seen = Shared<[String?]>([])
    try await withRetries(failing: 2, seen: seen) { client in
      let received = ReceivedMetadata()
      try await expectEqual(client.call(kind, CallOptions(receivedMetadata: received)), "a")
      #expect(seen.value == [nil, "1", "2"])
      #expect(received.attemptCount == 3)
    }
  }

  @Test("The last attempt's failure is the call's", arguments: allKinds)
  func fails(kind: MethodKind) async throws {
    let seen = Shared<[String?]>([])
    try await withRetries(failing: 100, seen: seen) { client in
      let received = ReceivedMetadata()
      let error = await rpcError { try await client.call(kind, CallOptions(receivedMetadata: received)) }
      #expect(error?.code == .unavailable)
      #expect(error?.message == "no 4")
      #expect(seen.value.count == 4)
      #expect(received.attemptCount == 4)
    }
  }

  @Test("There are five attempts at most, whatever the policy says")
  func atMostFive() async throws {
    let seen = Shared<[String?]>([])
    try await withRetries(RetryPolicy.quick(100), failing: 100, seen: seen) { client in
      _ = await rpcError { try await client.unary("a") }
      #expect(seen.value.count == 5)
    }
  }

  @Test("Other statuses are the call's at once", arguments: 1...16)
  func codes(number: Int32) async throws {
    let code = StatusCode(rawValue: number)
    let retryable: Set<StatusCode> = [.aborted, .resourceExhausted, .cancelled, .deadlineExceeded]
    let seen = Shared<[String?]>([])
    var policy = RetryPolicy.quick(3)
    policy.retryableStatusCodes = retryable
    try await withRetries(policy, failing: 100, with: code, seen: seen) { client in
      let error = await rpcError { try await client.unary("a") }
      #expect(error?.code == code)
      #expect(seen.value.count == (retryable.contains(code) ? 3 : 1))
    }
  }

  @Test(
    "A method that no policy is for is not called again, nor one that is named by itself without a policy")
  func otherMethods() async throws {
    let seen = Shared<[String?]>([])
    try await withRetries(failing: 100, seen: seen, names: [.service("test.Other")]) { client in
      _ = await rpcError { try await client.unary("a") }
      #expect(seen.value.count == 1)
    }
    seen.value = []
    try await withRetries(
      failing: 100, seen: seen, names: [.service("test.Echo"), .all],
      others: [MethodConfig(.method(EchoService.unary))]
    ) { client in
      _ = await rpcError { try await client.unary("a") }
      #expect(seen.value.count == 1)
      _ = await rpcError { try await client.expand("1").collected() }
      #expect(seen.value.count == 5)
    }
  }

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
      for never in ["-1", "9223372036854775807", "-9223372036854775808"] {
        (times.value, pushback.value) = ([], never)
        let error = await rpcError { try await client.unary("a") }
        #expect(error?.code == .unavailable)
        #expect(times.value.count == 1, "\(never)")
      }
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

  @Test("A call that finds nobody is made again, and reaches a server that comes")
  func nobody() async throws {
    let gone = try Server(listeningOn: ["127.0.0.1:0"], credentials: .insecure, services: [EchoService()])
    let address = gone.addresses[0]
    await gone.shutdown()
    var configuration = ChannelConfiguration.retrying(
      RetryPolicy(maxAttempts: 5, initialBackoff: .seconds(1), maxBackoff: .seconds(5), backoffMultiplier: 2))
    configuration.initialReconnectBackoff = .milliseconds(100)
    configuration.maxReconnectBackoff = .milliseconds(200)
    let channel = try Channel(to: address, credentials: .insecure, configuration: configuration)
    let client = EchoClient(channel: channel)
    let received = ReceivedMetadata()
    let call = Task { try await client.unary("a", options: CallOptions(receivedMetadata: received)) }
    try await Task.sleep(for: .milliseconds(200))
    let back = try Server(listeningOn: [address], credentials: .insecure, services: [EchoService()])
    try await expectEqual(call.value, "a")
    #expect(received.attemptCount >= 2)
    await channel.shutdown()
    await back.shutdown()
  }

  @Test("Cancellation ends the wait for another attempt", arguments: allKinds)
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

  @Test("A message that is too large is not asked for again")
  func tooLarge() async throws {
    let seen = Shared<[String?]>([])
    var policy = RetryPolicy.quick(3)
    policy.retryableStatusCodes = [.resourceExhausted]
    try await withRetries(policy, failing: 0, seen: seen, limit: 10) { client in
      let error = await rpcError { try await client.unary(Text(String(repeating: "x", count: 11))) }
      #expect(error?.code == .resourceExhausted)
      #expect(seen.value.count == 1)
    }
  }
}

private let allKinds: [MethodKind] = [.unary, .serverStreaming, .clientStreaming, .bidirectionalStreaming]

extension RetryPolicy {
  /// A policy whose waits are a millisecond.
  static func quick(_ maxAttempts: Int) -> RetryPolicy {
    RetryPolicy(maxAttempts: maxAttempts, initialBackoff: .milliseconds(1), maxBackoff: .milliseconds(1))
  }
}

extension ChannelConfiguration {
  /// With a policy for all methods.
  static func retrying(_ policy: RetryPolicy, _ throttling: RetryThrottling? = nil) -> ChannelConfiguration {
    var method = MethodConfig(.all)
    method.retryPolicy = policy
    var configuration = ChannelConfiguration()
    configuration.serviceConfig = ServiceConfig()
    configuration.serviceConfig?.methodConfigs = [method]
    configuration.serviceConfig?.retryThrottling = throttling
    return configuration
  }
}

extension EchoClient {
  /// Makes a call of a kind whose response is "a".
  func call(_ kind: MethodKind, _ options: CallOptions) async throws -> String {
    switch kind {
    case .unary: try await unary("a", options: options).value
    case .serverStreaming: try await expand("1", options: options).collected().map(\.value).joined()
    case .clientStreaming: try await collect(texts(["a"]), options: options).value
    case .bidirectionalStreaming:
      try await chat(texts(["a"]), options: options).collected().map(\.value).joined()
    }
  }
}

/// Runs `body` with a client whose calls fail `count` times, then answer "a". `seen` gets what each attempt says of those before.
private func withRetries(
  _ policy: RetryPolicy = .quick(4), failing count: Int, with code: StatusCode = .unavailable,
  seen: Shared<[String?]>, names: [MethodName] = [.all], others: [MethodConfig] = [], limit: Int? = nil,
  _ body: (EchoClient) async throws -> Void
) async throws {
  let calls = Shared(0)
  let answer: @Sendable (ServerContext) throws -> Void = { context in
    seen.update { $0.append(context.metadata["grpc-previous-rpc-attempts"]) }
    calls.update { $0 += 1 }
    if calls.value <= count { throw RPCError(code, "no \(calls.value)") }
  }
  var service = EchoService()
  service.onUnary = { request, context in
    try answer(context)
    return request
  }
  service.onExpand = { _, responses, context in
    try answer(context)
    try await responses.write("a")
  }
  service.onCollect = { requests, context in
    try answer(context)
    for try await _ in requests {}
    return "a"
  }
  service.onChat = { requests, responses, context in
    try answer(context)
    for try await request in requests { try await responses.write(request) }
  }
  var method = MethodConfig()
  method.names = names
  method.retryPolicy = policy
  method.maxResponseMessageBytes = limit
  var configuration = ChannelConfiguration()
  configuration.serviceConfig = ServiceConfig()
  configuration.serviceConfig?.methodConfigs = [method] + others
  try await withEcho(service, channel: configuration) { client, _ in try await body(client) }
}
