import Testing
import ThinGRPC

@Suite("The last calls of a server")
struct LastCallTests {
  /// How often each status came.
  private actor Counts {
    private(set) var counts: [StatusCode: Int] = [:]
    func add(_ code: StatusCode) { counts[code, default: 0] += 1 }
  }

  @Test("Calls that reach a server while it ends are served, or UNAVAILABLE, and none is CANCELLED")
  func ending() async throws {
    for round in 0..<5 {
      let counts = Counts()
      let served = Shared(0)
      var service = EchoService()
      service.onUnary = { request, _ in
        served.update { $0 += 1 }
        return request
      }
      let server = try Server(listeningOn: ["127.0.0.1:0"], credentials: .insecure, services: [service])
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<8 {
          var configuration = ChannelConfiguration()
          configuration.hasOwnConnection = true
          let channel = try Channel(
            to: server.addresses[0], credentials: .insecure, configuration: configuration)
          for _ in 0..<4 {
            group.addTask {
              let client = EchoClient(channel: channel)
              while true {
                do {
                  _ = try await client.unary("a")
                  await counts.add(.ok)
                } catch let error as RPCError {
                  await counts.add(error.code)
                  return
                }
              }
            }
          }
        }
        #expect(await eventually { await counts.counts[.ok] ?? 0 > 100 * (round + 1) })
        await server.shutdown(grace: .seconds(60))
        try await group.waitForAll()
      }
      let seen = await counts.counts
      #expect(Set(seen.keys) == [.ok, .unavailable])
      #expect(seen[.ok] == served.value)
    }
  }

  @Test("A shutdown of a server without calls is prompt, and one without grace at once")
  func prompt() async throws {
    try await withEcho { client, server in
      _ = try await client.unary("a")
      await server.shutdown(grace: .seconds(600))
      let error = await rpcError { try await client.unary("b") }
      #expect(error?.code == .unavailable)
    }
    try await withEcho { client, server in
      let clock = ContinuousClock()
      let begin = clock.now
      async let first: Void = server.shutdown(grace: .seconds(600))
      await server.shutdown(grace: .zero)
      await first
      #expect(clock.now - begin < .seconds(60))
    }
  }
}
