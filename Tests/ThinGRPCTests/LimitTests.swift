import Testing
import ThinGRPC

@Suite("Limits")
struct LimitTests {
  @Test("A message over the limit of 4 MiB is RESOURCE_EXHAUSTED, one at the limit passes")
  func messageSize() async throws {
    try await withEcho { client, _ in
      let limit = 4 << 20
      try await expectEqual(client.unary(Text(String(repeating: "x", count: limit))).value.utf8.count, limit)
      let error = await rpcError {
        try await client.unary(Text(String(repeating: "x", count: limit + 1)))
      }
      #expect(error?.code == .resourceExhausted)
      let stream = await rpcError {
        try await client.collect(texts([String(repeating: "x", count: limit + 1)]))
      }
      #expect(stream?.code == .resourceExhausted)
      try await expectEqual(client.unary("on"), "on")
    }
  }

  @Test("The limits can be set on either side")
  func ownLimits() async throws {
    var server = ServerConfiguration()
    server.maxSendMessageBytes = 100
    var channel = ChannelConfiguration()
    channel.maxSendMessageBytes = 1_000
    channel.maxReceiveMessageBytes = 50
    try await withEcho(server: server, channel: channel) { client, _ in
      for (size, isPassed) in [(50, true), (51, false), (101, false), (1_001, false)] {
        let text = Text(String(repeating: "x", count: size))
        if isPassed {
          try await expectEqual(client.unary(text), text)
        } else {
          let error = await rpcError { try await client.unary(text) }
          #expect(error?.code == .resourceExhausted)
        }
      }
    }
  }

  @Test("Calls over the limit of a connection wait for their turn")
  func concurrentCalls() async throws {
    let running = Shared(0)
    let most = Shared(0)
    var service = EchoService()
    service.onUnary = { request, _ in
      running.update { $0 += 1 }
      let now = running.value
      most.update { $0 = max($0, now) }
      try await Task.sleep(for: .milliseconds(5))
      running.update { $0 -= 1 }
      return request
    }
    var configuration = ServerConfiguration()
    configuration.maxConcurrentCallsPerConnection = 4
    try await withEcho(service, server: configuration) { client, _ in
      _ = try await client.unary("the settings have arrived")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<40 { group.addTask { _ = try await client.unary(Text("\(index)")) } }
        try await group.waitForAll()
      }
    }
    #expect(most.value <= 4)
  }

  @Test(
    "A time of the configuration may be any duration",
    arguments: [
      Duration.seconds(9_223_372_036_854_775) + .milliseconds(999), .seconds(Int64.max), .milliseconds(10),
    ])
  func times(_ time: Duration) async throws {
    var configuration = ServerConfiguration()
    configuration.maxConnectionAgeGrace = time
    try await withEcho(server: configuration) { client, _ in try await expectEqual(client.unary("a"), "a") }
  }
}
