import Testing
import ThinGRPC

@Suite("Stress")
struct StressTests {
  @Test(
    "10,000 calls that are cancelled at random points leave no handler and no open call",
    .timeLimit(.minutes(5)))
  func randomCancellation() async throws {
    try await withEcho { client, server in
      _ = try await client.unary("warm")
      for _ in 0..<50 {
        await withTaskGroup(of: Void.self) { group in
          for index in 0..<200 {
            group.addTask {
              let call = Task { try await makeCall(index, client) }
              if index.isMultiple(of: 7) {
                await Task.yield()
              } else {
                try? await Task.sleep(for: .microseconds(Int.random(in: 0..<5_000)))
              }
              call.cancel()
              _ = await call.result
            }
          }
        }
      }
      #expect(await eventually { server.runningHandlerCount == 0 })
      #expect(await eventually { client.channel.openCallCount == 0 })
      try await expectEqual(client.unary("still there"), "still there")
    }
  }

  private func makeCall(_ index: Int, _ client: EchoClient) async throws {
    switch index % 4 {
    case 0: _ = try await client.unary("a")
    case 1:
      for try await response in client.expand("1000") where response.value == "\(index)" { break }
    case 2: _ = try await client.collect(AsyncStream<Text>(unfolding: { "x" }))
    default:
      for try await _ in client.chat(AsyncStream<Text>(unfolding: { "x" })) where Bool.random() { continue }
    }
  }
}
