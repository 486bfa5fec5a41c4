import Testing
import ThinGRPC

@Suite("What a call leaves of the task that made it")
struct TaskLocalTests {
  private final class Object: Sendable {}

  @TaskLocal private static var held: Object?

  @Test("Task-locals of a call that has ended are let go, though other calls go on", .timeLimit(.minutes(5)))
  func taskLocals() async throws {
    let hasSlowBegun = Shared(false)
    let isOver = Shared(false)
    var service = EchoService()
    service.onUnary = { request, _ in
      let condition = request.value == "slow" ? isOver : hasSlowBegun
      if request.value == "slow" { hasSlowBegun.update { $0 = true } }
      while !condition.value { try await Task.sleep(for: .milliseconds(5)) }
      return request
    }
    try await withEcho(service) { client, _ in
      var object: Object? = Object()
      weak let left = object
      // The first call of the channel, so that what it starts to watch over calls starts with these task-locals.
      let first = Self.$held.withValue(object) { Task { try await client.unary("first") } }
      object = nil
      #expect(await eventually { client.channel.openCallCount == 1 })
      let slow = Task.detached { try await client.unary("slow") }
      _ = try await first.value
      #expect(await eventually { left == nil })
      #expect(client.channel.openCallCount == 1)
      isOver.update { $0 = true }
      _ = try await slow.value
    }
  }
}
