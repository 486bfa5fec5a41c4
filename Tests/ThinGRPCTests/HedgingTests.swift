import Testing
import ThinGRPC

@Suite("Calls that are made several times at once")
struct HedgingTests {
  /// What a server is to do with the attempt of a number, from 0 on.
  private enum Answer: Sendable {
    case reply
    case never
    case fail(StatusCode, pushback: String? = nil)
  }

  private static let kinds: [MethodKind] = [.unary, .serverStreaming]

  /// Runs `body` with a client whose attempts are answered as `answers` has it.
  private func withHedging(
    _ policy: HedgingPolicy, _ answers: [Answer], throttling: RetryThrottling? = nil,
    _ body: (EchoClient, Shared<[String?]>, Shared<Int>) async throws -> Void
  ) async throws {
    let (seen, cancelled) = (Shared<[String?]>([]), Shared(0))
    let answer: @Sendable (ServerContext) async throws -> Text = { context in
      let previous = context.metadata["grpc-previous-rpc-attempts"]
      seen.update { $0.append(previous) }
      switch answers[Int(previous ?? "0") ?? 0] {
      case .reply: return Text("reply to \(previous ?? "0")")
      case .never:
        do { try await Task.sleep(for: .seconds(600)) } catch { cancelled.update { $0 += 1 } }
        throw RPCError(.cancelled, "gone")
      case .fail(let code, let pushback):
        throw RPCError(
          code, "no \(previous ?? "0")", metadata: pushback.map { ["grpc-retry-pushback-ms": $0] } ?? [:])
      }
    }
    var service = EchoService()
    service.onUnary = { _, context in try await answer(context) }
    service.onExpand = { _, responses, context in
      try await responses.write(try await answer(context))
      try await responses.write("second")
    }
    var method = MethodConfig(.method(EchoService.unary), .method(EchoService.expand))
    method.hedgingPolicy = policy
    var configuration = ChannelConfiguration()
    configuration.serviceConfig = ServiceConfig()
    configuration.serviceConfig?.methodConfigs = [method]
    configuration.serviceConfig?.retryThrottling = throttling
    try await withEcho(service, channel: configuration) { client, _ in
      try await body(client, seen, cancelled)
      #expect(await eventually { client.channel.openCallCount == 0 })
    }
  }

  private func call(
    _ client: EchoClient, _ kind: MethodKind, _ received: ReceivedMetadata = ReceivedMetadata()
  )
    async throws -> String
  {
    let options = CallOptions(deadline: .after(.seconds(300)), receivedMetadata: received)
    if kind == .unary { return try await client.unary("a", options: options).value }
    return try await client.expand("a", options: options).collected()[0].value
  }

  @Test("The first success is the outcome, and the others are cancelled", arguments: kinds)
  func firstSuccess(kind: MethodKind) async throws {
    let policy = HedgingPolicy(maxAttempts: 3, hedgingDelay: .milliseconds(20))
    try await withHedging(policy, [.never, .never, .reply]) { client, seen, cancelled in
      let received = ReceivedMetadata()
      try await expectEqual(call(client, kind, received), "reply to 2")
      #expect(seen.value == [nil, "1", "2"])
      #expect(received.attemptCount == 3)
      #expect(await eventually { cancelled.value == 2 })
    }
  }

  @Test("A quick answer has no other attempt made", arguments: kinds)
  func quick(kind: MethodKind) async throws {
    let policy = HedgingPolicy(maxAttempts: 5, hedgingDelay: .seconds(600))
    try await withHedging(policy, [.reply]) { client, seen, _ in
      let received = ReceivedMetadata()
      try await expectEqual(call(client, kind, received), "reply to 0")
      #expect(seen.value == [nil])
      #expect(received.attemptCount == 1)
    }
  }

  @Test("A failure that is not fatal has the next attempt made at once", arguments: kinds)
  func notFatal(kind: MethodKind) async throws {
    let policy = HedgingPolicy(maxAttempts: 3, hedgingDelay: .seconds(600))
    try await withHedging(policy, [.fail(.unavailable), .fail(.unavailable), .reply]) { client, seen, _ in
      try await expectEqual(call(client, kind), "reply to 2")
      #expect(seen.value == [nil, "1", "2"])
    }
  }

  @Test("A fatal failure is the outcome", arguments: kinds)
  func fatal(kind: MethodKind) async throws {
    let policy = HedgingPolicy(maxAttempts: 3, hedgingDelay: .milliseconds(20))
    try await withHedging(policy, [.never, .fail(.notFound), .never]) { client, _, cancelled in
      let error = await rpcError { try await call(client, kind) }
      #expect(error?.code == .notFound)
      #expect(await eventually { cancelled.value >= 1 })
    }
  }

  @Test("The last failure is the outcome where every attempt fails", arguments: kinds)
  func allFail(kind: MethodKind) async throws {
    let policy = HedgingPolicy(maxAttempts: 9, hedgingDelay: .zero)
    let failures = Array(repeating: Answer.fail(.unavailable), count: 5)
    try await withHedging(policy, failures) { client, seen, _ in
      let error = await rpcError { try await call(client, kind) }
      #expect(error?.code == .unavailable)
      // Five at most, whatever the policy says.
      #expect(seen.value.count == 5)
    }
  }

  @Test("Without a delay all attempts are made at once", arguments: kinds)
  func atOnce(kind: MethodKind) async throws {
    let policy = HedgingPolicy(maxAttempts: 4, hedgingDelay: .zero)
    try await withHedging(policy, [.never, .never, .never, .reply]) { client, seen, _ in
      try await expectEqual(call(client, kind), "reply to 3")
      #expect(Set(seen.value) == [nil, "1", "2", "3"])
    }
  }

  @Test("A server that wants no more gets none, and one that says when gets it then", arguments: kinds)
  func pushback(kind: MethodKind) async throws {
    let policy = HedgingPolicy(maxAttempts: 3, hedgingDelay: .seconds(600))
    try await withHedging(policy, [.fail(.unavailable, pushback: "-1"), .reply]) { client, seen, _ in
      let error = await rpcError { try await call(client, kind) }
      #expect(error?.message == "no 0")
      #expect(seen.value == [nil])
    }
    try await withHedging(policy, [.fail(.unavailable, pushback: "200"), .reply]) { client, seen, _ in
      let start = ContinuousClock.now
      try await expectEqual(call(client, kind), "reply to 1")
      #expect(ContinuousClock.now - start >= .milliseconds(200))
      #expect(seen.value == [nil, "1"])
    }
    // Later than the deadline.
    try await withHedging(policy, [.fail(.unavailable, pushback: "900000"), .reply]) { client, _, _ in
      let error = await rpcError { try await call(client, kind) }
      #expect(error?.message == "no 0")
    }
  }

  @Test("A refusal does not end the attempts that go on")
  func refusalBesideOthers() async throws {
    let policy = HedgingPolicy(maxAttempts: 3, hedgingDelay: .seconds(1))
    try await withHedging(policy, [.never, .fail(.unavailable, pushback: "-1"), .reply]) { client, seen, _ in
      let task = Task { try await call(client, .unary) }
      #expect(await eventually { seen.value.count == 2 })
      try await Task.sleep(for: .seconds(2))
      #expect(seen.value == [nil, "1"])
      task.cancel()
      let error = await rpcError { try await task.value }
      #expect(error?.code == .cancelled)
    }
  }

  @Test("Too many failures leave each call one attempt")
  func throttling() async throws {
    let policy = HedgingPolicy(maxAttempts: 3, hedgingDelay: .seconds(600))
    let failures = Array(repeating: Answer.fail(.unavailable), count: 3)
    let throttling = RetryThrottling(maxTokens: 4, tokenRatio: 0.1)
    try await withHedging(policy, failures, throttling: throttling) { client, seen, _ in
      // 3 tokens after the first failure, 2 after the second, which are half.
      _ = await rpcError { try await call(client, .unary) }
      #expect(seen.value.count == 2)
      _ = await rpcError { try await call(client, .unary) }
      #expect(seen.value.count == 3)
    }
  }

  @Test("Cancelling the task, or leaving the responses, cancels every attempt", arguments: kinds)
  func cancelled(kind: MethodKind) async throws {
    let policy = HedgingPolicy(maxAttempts: 3, hedgingDelay: .zero)
    try await withHedging(policy, [.never, .never, .never]) { client, seen, cancelled in
      let task = Task { try await call(client, kind) }
      #expect(await eventually { seen.value.count == 3 })
      task.cancel()
      let error = await rpcError { try await task.value }
      #expect(error?.code == .cancelled)
      #expect(await eventually { cancelled.value == 3 })
    }
  }

  @Test("The deadline is that of the call, whatever the attempts", arguments: kinds)
  func deadline(kind: MethodKind) async throws {
    let policy = HedgingPolicy(maxAttempts: 2, hedgingDelay: .milliseconds(10))
    try await withHedging(policy, [.never, .never]) { client, _, _ in
      let options = CallOptions.timeout(.milliseconds(300))
      let error = await rpcError {
        if kind == .unary { return [try await client.unary("a", options: options)] }
        return try await client.expand("a", options: options).collected()
      }
      #expect(error?.code == .deadlineExceeded)
    }
  }

  @Test("Of several successes at the same time one is the outcome, and the others are cancelled")
  func severalSuccesses() async throws {
    var service = EchoService()
    let open = Shared(0)
    service.onExpand = { _, responses, _ in
      open.update { $0 += 1 }
      defer { open.update { $0 -= 1 } }
      try await responses.write("first")
      try await Task.sleep(for: .seconds(600))
    }
    var method = MethodConfig(.method(EchoService.expand))
    method.hedgingPolicy = HedgingPolicy(maxAttempts: 5, hedgingDelay: .zero)
    var configuration = ChannelConfiguration()
    configuration.serviceConfig = ServiceConfig()
    configuration.serviceConfig?.methodConfigs = [method]
    try await withEcho(service, channel: configuration) { client, _ in
      for _ in 0..<20 {
        for try await response in client.expand("a", options: CallOptions(deadline: .none)) {
          #expect(response == "first")
          #expect(await eventually { client.channel.openCallCount == 1 })
          break
        }
        #expect(await eventually { client.channel.openCallCount == 0 && open.value == 0 })
      }
    }
  }

  @Test("What cannot be encoded is told, and no attempt is left behind")
  func unencodable() async throws {
    let policy = HedgingPolicy(maxAttempts: 2, hedgingDelay: .zero)
    try await withHedging(policy, [.reply, .reply]) { client, seen, _ in
      let error = await rpcError { try await client.unary("unencodable") }
      #expect(error?.code == .internalError)
      #expect(seen.value.isEmpty)
    }
  }
}
