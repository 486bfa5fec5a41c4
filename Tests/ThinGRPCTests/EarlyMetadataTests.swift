import Testing
import ThinGRPC

@Suite("Initial metadata that arrives before the first message", .timeLimit(.minutes(5)))
struct EarlyMetadataTests {
  /// A service that sends its initial metadata before it does anything else, and goes on once `arrived` says that it was seen.
  private func waitingService(_ arrived: Shared<[Metadata]>) -> EchoService {
    let begin: @Sendable (ServerContext) async throws -> Void = { context in
      try context.setInitialMetadata(["x-early": "yes", "x-again": "1"])
      try await context.sendInitialMetadata()
      #expect(await eventually { !arrived.value.isEmpty })
    }
    var service = EchoService()
    service.onUnary = { request, context in
      try await begin(context)
      return request
    }
    service.onCollect = { requests, context in
      try await begin(context)
      for try await _ in requests {}
      return "a"
    }
    service.onExpand = { _, responses, context in
      try await begin(context)
      try await responses.write("a")
    }
    service.onChat = { requests, responses, context in
      try await begin(context)
      for try await request in requests { try await responses.write(request) }
    }
    return service
  }

  @Test("It is told as soon as it arrives, once, in a call of each kind", arguments: MethodKind.allKinds)
  func told(kind: MethodKind) async throws {
    let arrived = Shared<[Metadata]>([])
    try await withEcho(waitingService(arrived)) { client, _ in
      for onChannel in [false, true] {
        arrived.value = []
        let received = ReceivedMetadata { metadata in arrived.update { $0.append(metadata) } }
        let call: @Sendable () async throws -> String = {
          try await client.call(kind, CallOptions(receivedMetadata: received))
        }
        // On the thread that has the events, and on others.
        let answer =
          onChannel
          ? try await Task(executorPreference: client.channel.executor, operation: call).value
          : try await call()
        #expect(answer == "a")
        #expect(arrived.value == [["x-early": "yes", "x-again": "1"]])
        #expect(received.initial == ["x-early": "yes", "x-again": "1"] && received.attemptCount == 1)
      }
    }
  }

  @Test("In a conversation it can be waited for before anything is sent")
  func conversation() async throws {
    let arrived = Shared<[Metadata]>([])
    try await withEcho(waitingService(arrived)) { client, _ in
      let received = ReceivedMetadata { metadata in arrived.update { $0.append(metadata) } }
      let texts = try await client.chat(options: CallOptions(receivedMetadata: received)) {
        requests, responses in
        for _ in 0..<2 { try await expectEqual(responses.initialMetadata()["x-early"], "yes") }
        try await requests.write("a")
        let first = try await responses.next()
        try await expectEqual(responses.initialMetadata()["x-early"], "yes")
        try await requests.write("b")
        return [first, try await responses.next()]
      }
      #expect(texts == ["a", "b"] && received.initial["x-early"] == "yes")
    }
  }

  @Test(
    "A wait for it ends with a call that has no more than a status", arguments: [StatusCode.notFound, .ok])
  func statusAlone(code: StatusCode) async throws {
    let told = Shared(0)
    var service = EchoService()
    service.onChat = { _, _, context in
      if code != .ok { throw RPCError(code, "gone", metadata: ["x-late": "yes"]) }
      try context.setTrailingMetadata(["x-late": "yes"])
    }
    service.onUnary = { _, _ in throw RPCError(.notFound, "gone") }
    try await withEcho(service) { client, _ in
      let received = ReceivedMetadata { _ in told.update { $0 += 1 } }
      let outcome = try? await client.chat(options: CallOptions(receivedMetadata: received)) {
        _, responses -> Metadata in
        let metadata = try await responses.initialMetadata()
        try await expectEqual(responses.next(), nil)
        return metadata
      }
      #expect(outcome == (code == .ok ? [:] : nil))
      #expect(received.trailing == ["x-late": "yes"])
      let unary = CallOptions(receivedMetadata: ReceivedMetadata { _ in told.update { $0 += 1 } })
      #expect(await rpcError { try await client.unary("a", options: unary) }?.code == .notFound)
    }
    #expect(told.value == 0)
  }

  @Test("A wait for it ends where there is no server, and with the task")
  func neverAnswered() async throws {
    let options = CallOptions(receivedMetadata: ReceivedMetadata { _ in Issue.record("There is none") })
    let nowhere = EchoClient(channel: try Channel(to: "unix:/nonexistent", credentials: .insecure))
    let error = await rpcError {
      try await nowhere.chat(options: options) { _, responses in try await responses.initialMetadata() }
    }
    #expect(error?.code == .unavailable)
    await nowhere.channel.shutdown()

    let hasBegun = Shared(false)
    var service = EchoService()
    service.onChat = { _, _, _ in
      hasBegun.value = true
      try await Task.sleep(for: .seconds(600))
    }
    try await withEcho(service) { client, _ in
      let waiting = Task {
        await rpcError {
          try await client.chat(options: options) { _, responses in try await responses.initialMetadata() }
        }
      }
      #expect(await eventually { hasBegun.value })
      waiting.cancel()
      #expect(await waiting.value?.code == .cancelled)
      #expect(await eventually { client.channel.openCallCount == 0 })
    }
  }

  @Test("Without being asked for it is not early, and a wait for it says so")
  func notAskedFor() async throws {
    try await withEcho { client, _ in
      for options in [CallOptions(), CallOptions(receivedMetadata: ReceivedMetadata())] {
        let error = await rpcError {
          try await client.chat(options: options) { _, responses in try await responses.initialMetadata() }
        }
        #expect(error?.code == .failedPrecondition)
      }
    }
  }

  @Test(
    "It is that of the attempt which goes on, where a policy makes a call again",
    arguments: MethodKind.allKinds)
  func retried(kind: MethodKind) async throws {
    try await withRetries(failing: 2, seen: Shared([])) { client in
      let told = Shared(0)
      let received = ReceivedMetadata { _ in told.update { $0 += 1 } }
      try await expectEqual(client.call(kind, CallOptions(receivedMetadata: received)), "a")
      #expect(told.value == 1 && received.attemptCount == 3)
    }
  }

  @Test("A wait for it goes on while a policy makes the call again")
  func retriedConversation() async throws {
    try await withRetries(failing: 2, seen: Shared([])) { client in
      let received = ReceivedMetadata { _ in }
      let text = try await client.chat(options: CallOptions(receivedMetadata: received)) {
        requests, responses in
        try await requests.write("a")
        _ = try await responses.initialMetadata()
        return try await responses.next()
      }
      #expect(text == "a" && received.attemptCount == 3)
    }
  }

  @Test("Of several attempts at once it is told of the one that decides, once")
  func hedged() async throws {
    var method = MethodConfig(.method(EchoService.unary))
    method.hedgingPolicy = HedgingPolicy(maxAttempts: 3, hedgingDelay: .zero)
    var configuration = ChannelConfiguration()
    configuration.serviceConfig = ServiceConfig()
    configuration.serviceConfig?.methodConfigs = [method]
    var service = EchoService()
    service.onUnary = { request, context in
      try context.setInitialMetadata(["x-from": "server"])
      return request
    }
    try await withEcho(service, channel: configuration) { client, _ in
      let told = Shared<[Metadata]>([])
      let received = ReceivedMetadata { metadata in told.update { $0.append(metadata) } }
      _ = try await client.unary("a", options: CallOptions(receivedMetadata: received))
      #expect(told.value == [["x-from": "server"]])
    }
  }
}
