import Testing
import ThinGRPC

@Suite("Calls that are made again by a retry policy")
struct RetryTests {
  @Test(
    "A call that fails is made again until it succeeds, and both sides see how often",
    arguments: MethodKind.allKinds)
  func succeeds(kind: MethodKind) async throws {
    let seen = Shared<[String?]>([])
    try await withRetries(failing: 2, seen: seen) { client in
      let received = ReceivedMetadata()
      try await expectEqual(client.call(kind, CallOptions(receivedMetadata: received)), "a")
      #expect(seen.value == [nil, "1", "2"])
      #expect(received.attemptCount == 3)
    }
  }

  @Test("The last attempt's failure is the call's", arguments: MethodKind.allKinds)
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

  @Test("A call that finds nobody is made again, and reaches a server that comes")
  func nobody() async throws {
    // A name that nobody else can take meanwhile, as a port can be.
    let address = "unix-abstract:thin-\(UInt64.random(in: .min ... .max))"
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
