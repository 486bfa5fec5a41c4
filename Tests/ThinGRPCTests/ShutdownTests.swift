import Foundation
import Testing
import ThinGRPC

@Suite("Shutdown")
struct ShutdownTests {
  @Test("A call that runs may finish within the grace period; no new one is accepted")
  func graceful() async throws {
    let started = Shared(false)
    var service = EchoService()
    service.onUnary = { request, _ in
      started.value = true
      try await Task.sleep(for: .milliseconds(200))
      return request
    }
    try await withEcho(service) { client, server in
      async let response = client.unary("finished")
      #expect(await eventually { started.value })
      await server.shutdown(grace: .seconds(20))
      try await expectEqual(response, "finished")
      let error = await rpcError { try await client.unary("late") }
      #expect(error?.code == .unavailable)
    }
  }

  @Test("After the grace period calls are cancelled")
  func graceEnds() async throws {
    let cancelled = Shared(0)
    var service = EchoService()
    service.onChat = { requests, _, _ in
      do {
        for try await _ in requests {}
      } catch {
        cancelled.update { $0 += 1 }
        throw error
      }
    }
    try await withEcho(service) { client, server in
      let open = Task { try await client.chat(AsyncStream<Text> { _ in }).collected() }
      #expect(await eventually { server.runningHandlerCount == 1 })
      await server.shutdown(grace: .milliseconds(50))
      #expect(cancelled.value == 1)
      #expect(server.runningHandlerCount == 0)
      _ = await rpcError { try await open.value }
    }
  }

  @Test("A second shutdown with a shorter grace period cuts the first one's short")
  func secondShutdown() async throws {
    var service = EchoService()
    service.onUnary = { request, _ in
      try await Task.sleep(for: .seconds(60))
      return request
    }
    try await withEcho(service) { client, server in
      let call = Task { try await client.unary("a") }
      #expect(await eventually { server.runningHandlerCount == 1 })
      async let first: Void = server.shutdown(grace: .seconds(60))
      async let stopped: Void = server.waitUntilStopped()
      await server.shutdown(grace: .zero)
      await first
      await stopped
      _ = await rpcError { try await call.value }
    }
  }

  @Test("A shutdown waits for a handler that takes no notice of its cancellation", arguments: [0, 5])
  func stubbornHandler(grace: Int) async throws {
    let (stopped, hasReturned) = (Shared(false), Shared(false))
    var service = EchoService()
    service.onUnary = { request, context in
      // Nothing cancels this task.
      await Task { while !stopped.value { try? await Task.sleep(for: .milliseconds(5)) } }.value
      hasReturned.value = true
      return request
    }
    try await withEcho(service) { client, server in
      let call = Task { try await client.unary("a") }
      #expect(await eventually { server.runningHandlerCount == 1 })
      if grace > 0 { call.cancel() }
      let shutdown = Task {
        await server.shutdown(grace: .seconds(grace))
        return hasReturned.value
      }
      _ = await rpcError { try await call.value }
      try await Task.sleep(for: .milliseconds(100))
      #expect(server.runningHandlerCount == 1)
      stopped.value = true
      #expect(await shutdown.value)
      #expect(server.runningHandlerCount == 0)
    }
  }

  @Test("A handler may shut its own server down, and wait for a shutdown, without waiting for itself")
  func fromHandler() async throws {
    let server = Shared<Server?>(nil)
    let returned = Shared(0)
    var service = EchoService()
    service.onUnary = { request, _ in
      if request.value == "wait" {
        await server.value?.waitUntilStopped()
      } else {
        await server.value?.shutdown()
      }
      returned.update { $0 += 1 }
      return request
    }
    try await withEcho(service) { client, echo in
      server.value = echo
      let calls = ["wait", "stop", "wait", "stop"].map { text in Task { try await client.unary(text) } }
      await echo.waitUntilStopped()
      #expect(echo.runningHandlerCount == 0)
      for call in calls { _ = await rpcError { try await call.value } }
      await echo.shutdown()
      server.value = nil
    }
  }

  @Test("Shutting down under load loses no call: each has a response or a status", arguments: 1...5)
  func underLoad(round: Int) async throws {
    try await withEcho { client, server in
      let total = Shared(0)
      let load = Task {
        await withTaskGroup(of: (done: Int, failed: Int).self) { group in
          for index in 0..<64 {
            group.addTask {
              var done = 0
              while true {
                do {
                  if index.isMultiple(of: 2) {
                    guard try await client.unary("a") == "a" else { return (-1_000_000, 0) }
                  } else {
                    guard try await client.expand("50").collected().count == 50 else {
                      return (-1_000_000, 0)
                    }
                  }
                  done += 1
                  total.update { $0 += 1 }
                } catch {
                  return (done, 1)
                }
              }
            }
          }
          return await group.reduce((0, 0)) { ($0.0 + $1.done, $0.1 + $1.failed) }
        }
      }
      #expect(await eventually { total.value > 40 * round })
      await server.shutdown(grace: round.isMultiple(of: 2) ? .zero : .seconds(5))
      #expect(server.runningHandlerCount == 0)
      let (done, failed) = await load.value
      #expect(done > 0)
      #expect(failed == 64)
    }
  }

  @Test("A grace period may be as long or as short as a duration", arguments: [Int64.min, Int64.max])
  func extremeGrace(_ seconds: Int64) async throws {
    try await withEcho { client, server in
      try await expectEqual(client.unary("a"), "a")
      await client.channel.shutdown(grace: .seconds(seconds))
      await server.shutdown(grace: .seconds(seconds))
    }
  }

  @Test("A channel's shutdown lets calls finish for a while, cancels the rest and refuses new ones")
  func channel() async throws {
    let started = Shared(0)
    var service = EchoService()
    service.onUnary = { request, _ in
      started.update { $0 += 1 }
      try await Task.sleep(for: request == "short" ? .milliseconds(50) : .seconds(60))
      return request
    }
    try await withEcho(service) { client, server in
      let short = Task { try await client.unary("short") }
      let long = Task { try await client.unary("long") }
      #expect(await eventually { started.value == 2 })
      await client.channel.shutdown(grace: .seconds(5))
      try await expectEqual(short.value, "short")
      let error = await rpcError { try await long.value }
      #expect(error?.code == .cancelled)
      let late = await rpcError { try await client.unary("late") }
      #expect(late?.code == .unavailable)
    }
  }

  @Test("A server that is let go stops, and its calls are cancelled")
  func abandoned() async throws {
    var server: Server? = try Server(
      listeningOn: ["127.0.0.1:0"], credentials: .insecure, services: [EchoService()])
    let address = try #require(server?.addresses[0])
    let client = EchoClient(channel: try Channel(to: address, credentials: .insecure))
    try await expectEqual(client.unary("a"), "a")
    server = nil
    #expect(
      await eventually {
        let next = try? Server(listeningOn: [address], credentials: .insecure, services: [EchoService()])
        await next?.shutdown()
        return next != nil
      })
  }

  @Test("A channel that is let go finishes its calls")
  func abandonedChannel() async throws {
    try await withEcho { client, server in
      var channel: Channel? = try Channel(to: server.addresses[0], credentials: .insecure)
      let responses = EchoClient(channel: channel!).expand("1000")
      channel = nil
      try await expectEqual(responses.collected().count, 1_000)
    }
  }

  @Test("Servers and channels come and go without keeping threads or memory", .timeLimit(.minutes(5)))
  func repeated() async throws {
    for _ in 0..<50 {
      try await withEcho { client, _ in
        try await expectEqual(client.unary("a"), "a")
      }
    }
    #expect(await eventually { threadCount() < 60 })
  }

  /// The threads of this process.
  private func threadCount() -> Int {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count) ?? 0
  }
}
