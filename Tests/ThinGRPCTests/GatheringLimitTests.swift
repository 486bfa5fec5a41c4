import Testing
import ThinGRPC

@Suite("The ends of what is written off the queue's thread")
struct GatheringLimitTests {
  private static let kilobyte = Text(String(repeating: "x", count: 1_000))

  /// Waits until a count stands still; returns it.
  private func standstill(of count: Shared<Int>) async throws -> Int {
    var last = -1
    while count.value != last || last == 0 {
      last = count.value
      try await Task.sleep(for: .milliseconds(200))
    }
    return last
  }

  @Test("A reader that stops reading stops the writer", .timeLimit(.minutes(5)))
  func bounded() async throws {
    let written = Shared(0)
    var service = EchoService()
    service.onExpand = { _, responses, _ in
      for _ in 0..<100_000 {
        try await responses.write(Self.kilobyte)
        written.update { $0 += 1 }
      }
    }
    try await withEcho(service, server: GatheringTests.onPool) { client, _ in
      var responses = client.expand("", options: CallOptions(deadline: .none)).makeAsyncIterator()
      for _ in 0..<3 { #expect(try await responses.next() == Self.kilobyte) }
      // What the connection holds, and some hundred kilobytes more.
      #expect(try await standstill(of: written) < 20_000)
      var count = 3
      while try await responses.next() != nil { count += 1 }
      #expect(count == 100_000 && written.value == 100_000)
    }
  }

  @Test(
    "A writer that is cancelled while it waits for room gives up, and its handler goes on",
    .timeLimit(.minutes(5)))
  func cancelledWriter() async throws {
    let written = Shared(0)
    let codes = Shared<[StatusCode]>([])
    let isOver = Shared(false)
    var service = EchoService()
    service.onChat = { requests, responses, _ in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          do throws(RPCError) {
            while true {
              try await responses.write(Self.kilobyte)
              written.update { $0 += 1 }
            }
          } catch {
            codes.update { $0.append(error.code) }
          }
        }
        for try await _ in requests { break }
        group.cancelAll()
      }
      isOver.value = true
      try await responses.write("end")
    }
    try await withEcho(service, server: GatheringTests.onPool) { client, _ in
      let (requests, continuation) = AsyncStream.makeStream(of: Text.self)
      var responses = client.chat(requests).makeAsyncIterator()
      #expect(try await responses.next() == Self.kilobyte)
      let count = try await standstill(of: written)
      continuation.yield("cancel")
      #expect(await eventually { isOver.value })
      continuation.finish()
      #expect(codes.value == [.cancelled])
      var received = 1
      var last: Text?
      while let response = try await responses.next() {
        last = response
        received += 1
      }
      #expect(last == "end" && received >= count)
    }
  }

  @Test(
    "A writer that waits for room is told when the client goes away, and when it is stopped",
    .timeLimit(.minutes(5)))
  func endedByPeer() async throws {
    let codes = Shared<[StatusCode]>([])
    let written = Shared(0)
    var service = EchoService()
    service.onExpand = { _, responses, _ in
      do throws(RPCError) {
        while true {
          try await responses.write(Self.kilobyte)
          written.update { $0 += 1 }
        }
      } catch {
        codes.update { $0.append(error.code) }
        throw error
      }
    }
    try await withEcho(service, server: GatheringTests.onPool) { client, server in
      for round in 1...20 {
        var responses = Optional(client.expand("").makeAsyncIterator())
        expectEqual(try await responses?.next(), Self.kilobyte)
        if round % 5 == 0 { _ = try await standstill(of: written) }
        responses = nil
        #expect(await eventually { codes.value.count == round })
      }
      #expect(codes.value.allSatisfy { $0 == .cancelled })
      #expect(await eventually { server.runningHandlerCount == 0 })
    }
  }

  @Test("The end of a call is told to its writer on the client", .timeLimit(.minutes(5)))
  func endedByServer() async throws {
    var service = EchoService()
    service.onChat = { _, _, _ in
      try await Task.sleep(for: .milliseconds(50))
      throw RPCError(.resourceExhausted, "enough")
    }
    try await withEcho(service, server: GatheringTests.onPool) { client, _ in
      for _ in 0..<10 {
        let error = await rpcError {
          try await client.chat { requests, _ in
            while true { try await requests.write(Self.kilobyte) }
          }
        }
        #expect(error?.code == .resourceExhausted && error?.message == "enough")
      }
    }
  }

  @Test(
    "A cancelled caller whose requests always find room ends all the same", .timeLimit(.minutes(5)),
    arguments: [true, false])
  func cancelledCaller(onExecutor: Bool) async throws {
    let received = Shared(0)
    var service = EchoService()
    service.onCollect = { requests, _ in
      for try await _ in requests { received.update { $0 += 1 } }
      return ""
    }
    try await withEcho(service) { client, server in
      let call = Task(executorPreference: onExecutor ? client.channel.executor : nil) {
        try await client.collect { requests in while true { try await requests.write("x") } }
      }
      #expect(await eventually { received.value > 1_000 })
      call.cancel()
      let error = await rpcError { try await call.value }
      #expect(error?.code == .cancelled)
      #expect(await eventually { server.runningHandlerCount == 0 })
    }
  }

  @Test("A server that is shut down under load ends every writer", .timeLimit(.minutes(5)))
  func shutdownUnderLoad() async throws {
    let received = Shared(0)
    var service = EchoService()
    service.onExpand = { _, responses, _ in while true { try await responses.write(Self.kilobyte) } }
    try await withEcho(service, server: GatheringTests.onPool) { client, server in
      await withTaskGroup(of: StatusCode?.self) { group in
        for _ in 0..<16 {
          group.addTask {
            await rpcError { for try await _ in client.expand("") { received.update { $0 += 1 } } }?.code
          }
        }
        #expect(await eventually { received.value > 10_000 })
        await server.shutdown(grace: .milliseconds(10))
        for await code in group { #expect(code == .unavailable || code == .cancelled) }
      }
      #expect(await eventually { server.runningHandlerCount == 0 })
    }
  }
}
