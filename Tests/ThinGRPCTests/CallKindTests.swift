import Testing
import ThinGRPC

@Suite("The four kinds of call")
struct CallKindTests {
  @Test(
    "A unary call brings the response",
    arguments: ["", "hello", "snowman ☃", String(repeating: "x", count: 1 << 20)])
  func unary(text: String) async throws {
    let response = try await withEcho { client, _ in try await client.unary(Text(text)) }
    #expect(response.value == text)
  }

  @Test("A server stream brings every response in order", arguments: [0, 1, 2, 3, 100, 20_000])
  func serverStreaming(count: Int) async throws {
    let responses = try await withEcho { client, _ in try await client.expand(Text("\(count)")).collected() }
    #expect(responses == (0..<count).map { Text("\($0)") })
  }

  @Test("A client stream brings every request in order", arguments: [0, 1, 2, 100, 5_000])
  func clientStreaming(count: Int) async throws {
    let values = (0..<count).map(String.init)
    let response = try await withEcho { client, _ in try await client.collect(texts(values)) }
    #expect(response.value == values.joined(separator: ","))
  }

  @Test("A bidirectional stream echoes everything", arguments: [0, 1, 2, 100, 5_000])
  func bidirectionalStreaming(count: Int) async throws {
    let values = (0..<count).map(String.init)
    let responses = try await withEcho { client, _ in try await client.chat(texts(values)).collected() }
    #expect(responses.map(\.value) == values)
  }

  @Test("A bidirectional stream is a conversation: each message is answered before the next is sent")
  func pingPong() async throws {
    let (stream, continuation) = AsyncStream.makeStream(of: Text.self)
    let received = try await withEcho { client, _ in
      var received: [String] = []
      continuation.yield("0")
      for try await response in client.chat(stream) {
        received.append(response.value)
        if received.count == 500 {
          continuation.finish()
        } else {
          continuation.yield(Text("\(received.count)"))
        }
      }
      return received
    }
    #expect(received == (0..<500).map(String.init))
  }

  @Test(
    "A handler may run on the global pool",
    arguments: [MethodKind.unary, .serverStreaming, .bidirectionalStreaming])
  func globalPool(kind: MethodKind) async throws {
    var configuration = ServerConfiguration()
    configuration.handlerExecution = .onGlobalPool
    let values = (0..<200).map(String.init)
    let received = try await withEcho(server: configuration) { client, _ in
      switch kind {
      case .unary: [try await client.unary("0")]
      case .serverStreaming: try await client.expand("200").collected()
      default: try await client.chat(texts(values)).collected()
      }
    }
    #expect(received.map(\.value) == (kind == .unary ? ["0"] : values))
  }

  @Test("A task on the channel's executor makes the same calls")
  func channelExecutor() async throws {
    try await withEcho { client, _ in
      let task = Task(executorPreference: client.channel.executor) {
        let unary = try await client.unary("a")
        let expanded = try await client.expand("1000").collected().count
        let echoed = try await client.chat(texts(["x", "y"])).collected()
        return (unary, expanded, echoed)
      }
      let (unary, expanded, echoed) = try await task.value
      #expect(unary == "a")
      #expect(expanded == 1_000)
      #expect(echoed == ["x", "y"])
    }
  }

  @Test("Calls run side by side", arguments: [1, 4])
  func concurrentCalls(queueCount: Int) async throws {
    var configuration = ServerConfiguration()
    configuration.queueCount = queueCount
    try await withEcho(server: configuration) { client, _ in
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for index in 0..<500 {
          group.addTask { try await client.unary(Text("\(index)")).value == "\(index)" }
        }
        for try await isRight in group { #expect(isRight) }
      }
    }
  }
}
