import Testing
import ThinGRPC

@Suite("Writing off the queue's thread")
struct GatheringTests {
  /// Handlers run on the global pool.
  static var onPool: ServerConfiguration {
    var configuration = ServerConfiguration()
    configuration.handlerExecution = .onGlobalPool
    return configuration
  }

  @Test(
    "100,000 responses of any size arrive in order, wherever the handler pauses", .timeLimit(.minutes(5)))
  func order() async throws {
    var service = EchoService()
    service.onExpand = { request, responses, _ in
      for index in 0..<(Int(request.value) ?? 0) {
        try await responses.write(Self.numbered(index))
        if Int.random(in: 0..<50) == 0 { await Task.yield() }
        if Int.random(in: 0..<5_000) == 0 { try await Task.sleep(for: .milliseconds(1)) }
      }
    }
    try await withEcho(service, server: Self.onPool) { client, _ in
      var received = 0
      for try await response in client.expand("100000", options: CallOptions(deadline: .none)) {
        let expected = Self.numbered(received)
        if response != expected { expectEqual(response, expected) }
        received += 1
      }
      #expect(received == 100_000)
    }
  }

  /// Most are short, some are longer than what is gathered.
  private static func numbered(_ index: Int) -> Text {
    let byteCount = index % 4_000 == 7 ? 100_000 : index % 100 == 3 ? 3_000 : index % 17 * 10
    return Text("\(index) " + String(repeating: "x", count: byteCount))
  }

  @Test(
    "What was written arrives though its writer then waits for ever", .timeLimit(.minutes(5)),
    arguments: [1, 2, 3, 10, 64, 65, 1_000, 20_000])
  func waitingWriter(_ count: Int) async throws {
    var service = EchoService()
    service.onExpand = { _, responses, _ in
      for index in 0..<count { try await responses.write(Text("\(index)")) }
      for await _ in AsyncStream<Void>(unfolding: { try? await Task.sleep(for: .seconds(1_000)) }) { return }
    }
    service.onChat = { requests, responses, _ in
      var received = 0
      for try await request in requests {
        #expect(request.value == "\(received)")
        received += 1
        if received == count { try await responses.write("all") }
      }
    }
    try await withEcho(service, server: Self.onPool) { client, _ in
      var received = 0
      for try await response in client.expand("") {
        #expect(response.value == "\(received)")
        received += 1
        if received == count { break }
      }
      #expect(received == count)
      // And the same the other way: the closure that writes does not end before all has been answered.
      let answer = try await client.chat { requests, responses in
        for index in 0..<count { try await requests.write(Text("\(index)")) }
        return try await responses.next()
      }
      expectEqual(answer, "all")
    }
  }

  @Test("A few messages at a time are answered a few at a time", .timeLimit(.minutes(5)))
  func turns() async throws {
    var service = EchoService()
    service.onChat = { requests, responses, _ in
      for try await request in requests {
        for index in 0..<(Int(request.value) ?? 0) { try await responses.write(Text("\(index)")) }
      }
    }
    try await withEcho(service, server: Self.onPool) { client, _ in
      try await client.chat { requests, responses in
        for turn in 0..<500 {
          let count = turn % 12
          try await requests.write(Text("\(count)"))
          for index in 0..<count { try await expectEqual(responses.next()?.value, "\(index)") }
        }
      }
    }
  }

  @Test("All that a handler wrote arrives before the status, however it ends", .timeLimit(.minutes(5)))
  func ending() async throws {
    var service = EchoService()
    service.onExpand = { request, responses, _ in
      let parts = request.value.split(separator: " ")
      for index in 0..<(Int(parts[0]) ?? 0) { try await responses.write(Text("\(index)")) }
      if parts[1] == "throw" { throw RPCError(.dataLoss, "after the last") }
    }
    try await withEcho(service, server: Self.onPool) { client, _ in
      for count in Array(0...130) + [1_000, 10_000] {
        var received: [String] = []
        for try await response in client.expand(Text("\(count) return")) { received.append(response.value) }
        #expect(received == (0..<count).map { "\($0)" })
        received = []
        let error = await rpcError {
          for try await response in client.expand(Text("\(count) throw")) { received.append(response.value) }
        }
        #expect(error?.code == .dataLoss)
        #expect(received == (0..<count).map { "\($0)" })
      }
    }
  }

  @Test("Initial metadata is sent first, with a message, by itself or in between", .timeLimit(.minutes(5)))
  func initialMetadata() async throws {
    var service = EchoService()
    service.onExpand = { request, responses, context in
      try context.setInitialMetadata(["place": "first"])
      if request == "before" { try await context.sendInitialMetadata() }
      for index in 0..<100 {
        try await responses.write(Text("\(index)"))
        if request == "between", index == 50 { try await context.sendInitialMetadata() }
      }
      let error = await rpcError { try context.setInitialMetadata([:]) }
      #expect(error?.code == .failedPrecondition)
    }
    try await withEcho(service, server: Self.onPool) { client, _ in
      for request: Text in ["before", "between", "with"] {
        let received = ReceivedMetadata()
        var options = CallOptions()
        options.receivedMetadata = received
        let responses = try await client.expand(request, options: options).collected()
        #expect(responses.map(\.value) == (0..<100).map { "\($0)" })
        #expect(received.initial["place"] == "first")
      }
    }
  }

  @Test(
    "Of two tasks that write at a time one is refused, and what was written arrives", .timeLimit(.minutes(5)))
  func twoWriters() async throws {
    let written = Shared(0)
    var service = EchoService()
    service.onExpand = { _, responses, _ in
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<2 {
          group.addTask {
            for index in 0..<5_000 {
              do throws(RPCError) {
                try await responses.write(Text("\(index)"))
                written.update { $0 += 1 }
              } catch {
                #expect(error.code == .internalError)
              }
            }
          }
        }
      }
    }
    try await withEcho(service, server: Self.onPool) { client, _ in
      let received = try await client.expand("").collected()
      #expect(received.count == written.value && !received.isEmpty)
    }
  }
}
