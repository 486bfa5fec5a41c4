import Testing
import ThinGRPC

@Suite("Many completion queues")
struct QueueCountTests {
  /// Dispatch has 255 threads at most.
  @Test("Each of more queues than Dispatch has threads takes its calls")
  func many() async throws {
    let count = 260
    try await withEcho { echo, server in
      let channel = try Channel(
        to: server.addresses[0], credentials: .insecure, queues: CompletionQueues(count: count))
      // Each call is on the next queue.
      for index in 0..<count {
        let answer = try await EchoClient(channel: channel).unary(Text("\(index)"))
        #expect(answer.value == "\(index)")
      }
      await channel.shutdown()
    }
  }
}
