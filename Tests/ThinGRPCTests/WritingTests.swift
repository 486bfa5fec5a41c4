import Testing
import ThinGRPC

@Suite("Writing from several places")
struct WritingTests {
  @Test("Tasks on the queue and off it may write in turn", .timeLimit(.minutes(5)))
  func turns() async throws {
    var service = EchoService()
    service.onExpand = { request, responses, _ in
      for index in 0..<(Int(request.value) ?? 0) {
        if index.isMultiple(of: 2) {
          try await responses.write(Text("\(index)"))
        } else {
          try await Task.detached { try await responses.write(Text("\(index)")) }.value
        }
      }
    }
    try await withEcho(service) { client, _ in
      let responses = try await client.expand("10000", options: CallOptions(deadline: .none)).collected()
      #expect(responses.map(\.value) == (0..<10_000).map { "\($0)" })
    }
  }

  @Test(
    "A response goes out though the initial metadata is asked for after it", .timeLimit(.minutes(5)),
    arguments: [Place.sameTask, .elsewhere])
  func metadataAfterMessage(_ place: Place) async throws {
    var service = EchoService()
    service.onChat = { requests, responses, context in
      try await responses.write("first")
      switch place {
      case .sameTask: try await context.sendInitialMetadata()
      case .elsewhere: try await Task.detached { try await context.sendInitialMetadata() }.value
      }
      for try await request in requests { try await responses.write(request) }
    }
    try await expectConversations(with: service, untilReceiving: "first")
  }

  @Test("A task that leaves the queue's thread while it writes loses nothing", .timeLimit(.minutes(5)))
  func immediateTasks() async throws {
    var service = EchoService()
    service.onChat = { requests, responses, _ in
      try await Task.immediate {
        for value in ["0", "1", "last"] { try await responses.write(Text(value)) }
      }.value
      for try await request in requests { try await responses.write(request) }
    }
    try await expectConversations(with: service, untilReceiving: "last")
  }

  @Test("What a writer wrote before it was cancelled does not wait for the end", .timeLimit(.minutes(5)))
  func interruptedWriter() async throws {
    let large = Text(String(repeating: "x", count: 1_000_000))
    let begun = Shared(0)
    let isInterrupted = Shared(false)
    var service = EchoService()
    service.onChat = { requests, responses, _ in
      await withTaskGroup(of: Void.self) { group in
        // The client reads nothing yet, so this comes to wait for room.
        group.addTask {
          repeat { begun.update { $0 += 1 } } while (try? await responses.write(large)) != nil
        }
        try? await Task.sleep(for: .milliseconds(100))
        group.cancelAll()
      }
      isInterrupted.value = true
      for try await request in requests { try await responses.write(request) }
      try await responses.write("end")
    }
    try await withEcho(service) { client, _ in
      let (requests, continuation) = AsyncStream.makeStream(of: Text.self)
      let received = Shared(0)
      let reading = Task {
        for try await response in client.chat(requests) where response != "end" {
          received.update { $0 += 1 }
          #expect(await eventually { isInterrupted.value })
        }
      }
      #expect(await eventually { isInterrupted.value && received.value == begun.value })
      continuation.finish()
      try await reading.value
    }
  }

  enum Place: Sendable { case sameTask, elsewhere }

  /// Makes many calls side by side, each of which is ended by the client when it has received `last`.
  private func expectConversations(with service: EchoService, untilReceiving last: Text) async throws {
    try await withEcho(service) { client, _ in
      for _ in 0..<20 {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0..<100 {
            group.addTask {
              let (requests, continuation) = AsyncStream.makeStream(of: Text.self)
              for try await response in client.chat(requests, options: .timeout(.seconds(60)))
              where response == last {
                continuation.finish()
              }
            }
          }
          try await group.waitForAll()
        }
      }
    }
  }
}
