import Testing
import ThinGRPC

@Suite("Reading from any thread")
struct ReadingTests {
  @Test("A slow reader on another thread gets all that came before the call failed", .timeLimit(.minutes(5)))
  func receivedAhead() async throws {
    var service = EchoService()
    service.onExpand = { _, responses, _ in
      for index in 0..<200 { try await responses.write(Text("\(index)")) }
      throw RPCError(.dataLoss, "after the last")
    }
    try await withEcho(service) { client, _ in
      var received: [String] = []
      let error = await #expect(throws: RPCError.self) {
        for try await response in client.expand("") {
          if received.count.isMultiple(of: 20) { try await Task.sleep(for: .milliseconds(1)) }
          received.append(response.value)
        }
      }
      #expect(error?.code == .dataLoss)
      #expect(received == (0..<200).map { "\($0)" })
    }
  }

  @Test("A reader that stops reading on another thread stops the writer", .timeLimit(.minutes(5)))
  func bounded() async throws {
    let message = Text(String(repeating: "x", count: 128 << 10))
    let written = Shared(0)
    var service = EchoService()
    service.onExpand = { _, responses, _ in
      for _ in 0..<1_000 {
        try await responses.write(message)
        written.update { $0 += 1 }
      }
    }
    try await withEcho(service) { client, _ in
      var responses = client.expand("").makeAsyncIterator()
      for _ in 0..<3 { #expect(try await responses.next() == message) }
      // What the connection holds and a few messages more, but far from all.
      var last = -1
      while written.value != last {
        last = written.value
        try await Task.sleep(for: .milliseconds(200))
      }
      #expect(last < 500)
      var count = 3
      while let response = try await responses.next() {
        #expect(response == message)
        count += 1
      }
      #expect(count == 1_000 && written.value == 1_000)
    }
  }

  @Test("A reader may change its thread from message to message", .timeLimit(.minutes(5)))
  func changingThreads() async throws {
    try await withEcho(EchoService()) { client, _ in
      let (requests, sender) = AsyncStream.makeStream(of: Text.self)
      let iterator = Turns(client.chat(requests).makeAsyncIterator())
      for index in 0..<200 {
        sender.yield(Text("\(index)"))
        let response =
          index.isMultiple(of: 2)
          ? try await iterator.next()
          : try await Task(executorPreference: client.channel.executor) { try await iterator.next() }.value
        #expect(response?.value == "\(index)")
      }
      sender.finish()
      #expect(try await iterator.next() == nil)
    }
  }
}

/// Reads a stream from one task after the other.
private actor Turns {
  private var iterator: ResponseStream<Text>.AsyncIterator

  init(_ iterator: sending ResponseStream<Text>.AsyncIterator) {
    self.iterator = iterator
  }

  func next() async throws -> Text? {
    var current = iterator
    return try await current.next(isolation: self)
  }
}
