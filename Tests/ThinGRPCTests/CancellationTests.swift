import Testing
import ThinGRPC

@Suite("Cancellation")
struct CancellationTests {
  @Test(
    "Cancelling a task cancels its call and the handler's task",
    arguments: [MethodKind.unary, .clientStreaming],
    [ServerConfiguration.HandlerExecution.onQueue, .onGlobalPool])
  func cancelledTask(kind: MethodKind, execution: ServerConfiguration.HandlerExecution) async throws {
    let started = Shared(0)
    let cancelled = Shared(0)
    var configuration = ServerConfiguration()
    configuration.handlerExecution = execution
    try await withEcho(EchoService.waiting(started, cancelled), server: configuration) { client, server in
      let task = Task {
        switch kind {
        case .unary: try await client.unary("a")
        default: try await client.collect(AsyncStream<Text> { _ in })
        }
      }
      #expect(await eventually { started.value == 1 })
      task.cancel()
      let error = await rpcError { try await task.value }
      #expect(error?.code == .cancelled)
      #expect(await eventually { cancelled.value == 1 && server.runningHandlerCount == 0 })
      #expect(client.channel.openCallCount == 0)
    }
  }

  @Test("A task that is cancelled already makes no call that lasts")
  func cancelledBefore() async throws {
    try await withEcho(EchoService.waiting(Shared(0), Shared(0))) { client, server in
      let task = Task {
        while !Task.isCancelled { await Task.yield() }
        return try await client.unary("a")
      }
      task.cancel()
      let error = await rpcError { try await task.value }
      #expect(error?.code == .cancelled)
      #expect(await eventually { server.runningHandlerCount == 0 })
    }
  }

  @Test("Leaving the loop over responses cancels the call")
  func leftLoop() async throws {
    let cancelled = Shared(0)
    try await withEcho(EchoService.waiting(Shared(0), cancelled)) { client, server in
      for try await response in client.expand("a") {
        #expect(response == "first")
        break
      }
      #expect(await eventually { cancelled.value == 1 && server.runningHandlerCount == 0 })
      #expect(await eventually { client.channel.openCallCount == 0 })
    }
  }

  @Test("Cancelling the task that reads responses ends the loop with CANCELLED")
  func cancelledReader() async throws {
    let started = Shared(0)
    try await withEcho(EchoService.waiting(started, Shared(0))) { client, server in
      let task = Task { try await client.expand("a").collected() }
      #expect(await eventually { started.value == 1 })
      task.cancel()
      let error = await rpcError { try await task.value }
      #expect(error?.code == .cancelled)
      #expect(await eventually { server.runningHandlerCount == 0 })
    }
  }

  @Test(
    "A handler that writes faster than the client reads is held up, and its write ends when the client goes")
  func backpressure() async throws {
    let written = Shared(0)
    var service = EchoService()
    service.onExpand = { _, responses, _ in
      let large = Text(String(repeating: "x", count: 100_000))
      while true {
        try await responses.write(large)
        written.update { $0 += 1 }
      }
    }
    try await withEcho(service) { client, server in
      for try await _ in client.expand("") {
        var before = -1
        // Nobody reads meanwhile, so the handler must come to a stop.
        #expect(
          await eventually {
            defer { before = written.value }
            try? await Task.sleep(for: .milliseconds(50))
            return before == written.value
          })
        break
      }
      #expect(written.value < 1_000)
      #expect(await eventually { server.runningHandlerCount == 0 })
    }
  }

  @Test("A handler's child task may give up reading, and the stream can still be read")
  func interruptedRead() async throws {
    var service = EchoService()
    service.onChat = { requests, responses, _ in
      let child = Task {
        var iterator = requests.makeAsyncIterator()
        return try await iterator.next()
      }
      try await Task.sleep(for: .milliseconds(20))
      child.cancel()
      let error = await rpcError { try await child.value }
      #expect(error?.code == .cancelled)
      try await responses.write("go on")
      for try await request in requests { try await responses.write(request) }
    }
    let (stream, continuation) = AsyncStream.makeStream(of: Text.self)
    try await withEcho(service) { client, _ in
      var received: [Text] = []
      for try await response in client.chat(stream) {
        received.append(response)
        if received.count == 1 {
          for value in ["a", "b", "c"] { continuation.yield(Text(value)) }
          continuation.finish()
        }
      }
      #expect(received == ["go on", "a", "b", "c"])
    }
  }

  @Test(
    "A stream that outlives its handler comes to its end", .timeLimit(.minutes(5)))
  func leakedStreams() async throws {
    let leaked = Shared<(RequestStream<Text>, ResponseWriter<Text>)?>(nil)
    var service = EchoService()
    service.onChat = { requests, responses, _ in leaked.value = (requests, responses) }
    try await withEcho(service) { client, _ in
      let responses = try await client.chat(texts(["a", "b"])).collected()
      #expect(responses.isEmpty)
      let (requests, writer) = try #require(leaked.value)
      // What the client had sent may still be there, or the end of it, or the end of the call.
      do {
        for try await request in requests { #expect(["a", "b"].contains(request)) }
      } catch {
        #expect((error as? RPCError)?.code == .cancelled)
      }
      let written = await rpcError { try await writer.write("late") }
      #expect(written?.code == .cancelled)
      leaked.value = nil
    }
  }

  @Test("A request sequence that fails cancels the call with its error")
  func failedRequests() async throws {
    let (stream, continuation) = AsyncThrowingStream.makeStream(of: Text.self)
    continuation.yield("a")
    continuation.finish(throwing: RPCError(.dataLoss, "the file is gone"))
    try await withEcho { client, server in
      let error = await rpcError { try await client.collect(stream) }
      #expect(error?.code == .dataLoss)
      #expect(error?.message == "the file is gone")
      #expect(await eventually { server.runningHandlerCount == 0 })
    }
  }

  @Test("A request sequence that fails with the code OK does not look like a success")
  func requestsFailingWithOK() async throws {
    let (stream, continuation) = AsyncThrowingStream.makeStream(of: Text.self)
    continuation.finish(throwing: RPCError(.ok, "is no error"))
    try await withEcho { client, _ in
      let error = await rpcError { try await client.chat(stream).collected() }
      #expect(error?.code == .unknown)
    }
  }

  @Test("A server that answers early ends the sending of requests")
  func earlyAnswer() async throws {
    var service = EchoService()
    service.onCollect = { requests, _ in
      for try await first in requests { return first }
      return "none"
    }
    let ended = Shared(false)
    let (stream, continuation) = AsyncStream.makeStream(of: Text.self)
    continuation.onTermination = { _ in ended.value = true }
    continuation.yield("first")
    try await withEcho(service) { client, _ in
      try await expectEqual(client.collect(stream), "first")
      #expect(await eventually { ended.value })
    }
  }
}
