import Testing
import ThinGRPC

@Suite("Requests from anywhere")
struct RequestPlaceTests {
  private static let count = 5_000
  private static let all = (0..<count).map { "\($0)" }

  /// Writes the requests of both kinds of calls, as its isolation has it.
  private actor Caller {
    func collect(_ client: EchoClient) async throws -> Text { try await written(client) }
    func chat(_ client: EchoClient) async throws -> [String] { try await conversed(client) }
  }

  private static nonisolated(nonsending) func written(_ client: EchoClient) async throws -> Text {
    try await client.collect { requests in
      for value in all { try await requests.write(Text(value)) }
    }
  }

  private static nonisolated(nonsending) func conversed(_ client: EchoClient) async throws -> [String] {
    try await client.chat { requests, responses in
      var received: [String] = []
      for (index, value) in all.enumerated() {
        try await requests.write(Text(value))
        // Never so many on their way that both sides wait for room.
        if index >= 10, let response = try await responses.next() { received.append(response.value) }
      }
      try await requests.finish()
      for try await response in responses { received.append(response.value) }
      return received
    }
  }

  private func withBoth(_ body: (EchoClient) async throws -> Void) async throws {
    try await withEcho { client, _ in try await body(client) }
    try await withEcho(server: GatheringTests.onPool) { client, _ in try await body(client) }
  }

  @Test("A task of the default pool", .timeLimit(.minutes(5)))
  func pool() async throws {
    try await withBoth { client in
      let (collected, conversed) = try await Task.detached {
        (try await Self.written(client), try await Self.conversed(client))
      }.value
      #expect(collected.value == Self.all.joined(separator: ","))
      #expect(conversed == Self.all)
    }
  }

  @Test("An actor", .timeLimit(.minutes(5)))
  func actor() async throws {
    try await withBoth { client in
      let caller = Caller()
      expectEqual(try await caller.collect(client).value, Self.all.joined(separator: ","))
      expectEqual(try await caller.chat(client), Self.all)
    }
  }

  @Test("The main actor", .timeLimit(.minutes(5)))
  func mainActor() async throws {
    try await withBoth { client in
      let (collected, conversed) = try await Task { @MainActor in
        (try await Self.written(client), try await Self.conversed(client))
      }.value
      #expect(collected.value == Self.all.joined(separator: ","))
      #expect(conversed == Self.all)
    }
  }

  @Test("A sequence that is always ready, and one that is filled meanwhile", .timeLimit(.minutes(5)))
  func sequences() async throws {
    try await withBoth { client in
      expectEqual(try await client.collect(texts(Self.all)).value, Self.all.joined(separator: ","))
      expectEqual(try await client.chat(texts(Self.all)).collected().map(\.value), Self.all)
      let (requests, continuation) = AsyncStream.makeStream(of: Text.self)
      async let filling: Void = {
        for (index, value) in Self.all.enumerated() {
          continuation.yield(Text(value))
          if index % 1_000 == 0 { try await Task.sleep(for: .milliseconds(1)) }
        }
        continuation.finish()
      }()
      expectEqual(try await client.chat(requests).collected().map(\.value), Self.all)
      try await filling
    }
  }

  @Test("Many calls at a time on one connection", .timeLimit(.minutes(5)))
  func manyCalls() async throws {
    try await withBoth { client in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<16 {
          group.addTask {
            expectEqual(try await Self.conversed(client), Self.all)
            expectEqual(try await client.expand("5000").collected().count, 5_000)
          }
        }
        try await group.waitForAll()
      }
    }
  }
}
