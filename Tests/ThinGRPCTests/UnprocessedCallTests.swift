import Testing
import ThinGRPC

@Suite("Calls that a server has not processed")
struct UnprocessedCallTests {
  private static let kinds: [MethodKind] = [
    .unary, .serverStreaming, .clientStreaming, .bidirectionalStreaming,
  ]

  @Test(
    "No call is lost while connections grow old and are closed", .timeLimit(.minutes(5)), arguments: kinds)
  func connectionAge(kind: MethodKind) async throws {
    var configuration = ServerConfiguration()
    configuration.maxConnectionAge = .milliseconds(100)
    let made = try await withEcho(server: configuration) { client, _ in
      let end = ContinuousClock.now + .seconds(3)
      return try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<8 {
          group.addTask {
            var made = 0
            while made < 20 || ContinuousClock.now < end {
              try await makeCall(kind, client)
              made += 1
            }
            return made
          }
        }
        return try await group.reduce(0, +)
      }
    }
    #expect(made >= 160)
  }

  @Test("No call is lost that waits while a connection has too many", .timeLimit(.minutes(5)))
  func waitingForConcurrency() async throws {
    try await withNarrowServer { client in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<60 { group.addTask { _ = try await client.unary("x") } }
        try await group.waitForAll()
      }
    }
  }

  @Test("No call is made again where the channel is told so", .timeLimit(.minutes(5)))
  func switchedOff() async throws {
    var configuration = ChannelConfiguration()
    configuration.repeatsUnprocessedCalls = false
    try await withNarrowServer(channel: configuration) { client in
      let lost = await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<60 {
          group.addTask {
            do {
              _ = try await client.unary("x")
              return false
            } catch {
              #expect((error as? RPCError)?.code == .unavailable)
              return true
            }
          }
        }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(lost > 0)
    }
  }

  @Test("Cancelled calls are not made again", .timeLimit(.minutes(5)))
  func cancelled() async throws {
    try await withNarrowServer { client in
      let calls = (0..<60).map { index in
        Task {
          if index.isMultiple(of: 2) { return try await client.unary("x").value }
          return try await client.collect(texts(["x"])).value
        }
      }
      try await Task.sleep(for: .milliseconds(150))
      for call in calls { call.cancel() }
      for call in calls {
        if case .failure(let error) = await call.result { #expect((error as? RPCError)?.code == .cancelled) }
      }
      #expect(await eventually { client.channel.openCallCount == 0 })
    }
  }

  @Test(
    "An error of the requests is not taken for the core's word",
    arguments: ["GOAWAY received", "Transport closed"])
  func errorOfRequests(message: String) async throws {
    let calls = Shared(0)
    var service = EchoService()
    service.onCollect = { requests, _ in
      calls.update { $0 += 1 }
      for try await _ in requests {}
      return "a"
    }
    try await withEcho(service) { client, _ in
      let requests = AsyncThrowingStream<Text, any Error> { continuation in
        continuation.yield("a")
        continuation.finish(throwing: RPCError(.unavailable, message))
      }
      let error = await rpcError { try await client.collect(requests) }
      #expect(error?.code == .unavailable)
      #expect(await eventually { client.channel.openCallCount == 0 })
      #expect(calls.value <= 1)
    }
  }

  private func makeCall(
    _ kind: MethodKind, _ client: EchoClient, options: CallOptions = CallOptions()
  ) async throws {
    switch kind {
    case .unary:
      try await expectEqual(client.unary("a", options: options), "a")
    case .serverStreaming:
      try await expectEqual(client.expand("3", options: options).collected(), ["0", "1", "2"])
    case .clientStreaming:
      try await expectEqual(client.collect(texts(["a", "b", "c"]), options: options), "a,b,c")
      try await expectEqual(
        client.collect(options: options) { requests in
          for text in ["x", "y"] { try await requests.write(Text(text)) }
        }, "x,y")
    case .bidirectionalStreaming:
      try await expectEqual(
        client.chat(texts(["a", "b", "c"]), options: options).collected(), ["a", "b", "c"])
      try await expectEqual(
        client.chat(options: options) { requests, responses -> [String?] in
          try await requests.write("x")
          let first = try await responses.next()
          try await requests.write("y")
          return [first?.value, try await responses.next()?.value]
        }, ["x", "y"])
    }
  }
}

/// Runs `body` with a client of a server that takes two calls at a time, and closes each connection when it is a tenth of a second old.
private func withNarrowServer(
  channel: ChannelConfiguration = ChannelConfiguration(), _ body: (EchoClient) async throws -> Void
) async throws {
  var configuration = ServerConfiguration()
  configuration.maxConnectionAge = .milliseconds(100)
  configuration.maxConcurrentCallsPerConnection = 2
  var service = EchoService()
  service.onUnary = { request, _ in
    try await Task.sleep(for: .milliseconds(20))
    return request
  }
  try await withEcho(service, server: configuration, channel: channel) { client, _ in try await body(client) }
}
