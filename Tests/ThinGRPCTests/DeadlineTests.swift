import Testing
import ThinGRPC

@Suite("Deadlines")
struct DeadlineTests {
  @Test("A deadline ends the call on both sides", arguments: MethodKind.allKinds)
  func deadline(kind: MethodKind) async throws {
    let started = Shared(0)
    let cancelled = Shared(0)
    try await withEcho(EchoService.waiting(started, cancelled)) { client, server in
      // On a machine that is busy with other tests a short deadline passes before the call has reached its handler.
      for seconds in [1, 5, 25] where started.value == 0 {
        let options = CallOptions(deadline: .after(.seconds(seconds)), waitsForReady: true)
        let error = await rpcError {
          switch kind {
          case .unary: _ = try await client.unary("a", options: options)
          case .clientStreaming: _ = try await client.collect(AsyncStream<Text> { _ in }, options: options)
          case .serverStreaming: _ = try await client.expand("a", options: options).collected()
          case .bidirectionalStreaming: _ = try await client.chat(texts(["a"]), options: options).collected()
          }
        }
        #expect(error?.code == .deadlineExceeded)
      }
      #expect(started.value == 1)
      #expect(await eventually { cancelled.value == 1 && server.runningHandlerCount == 0 })
    }
  }

  @Test("A deadline that has passed already makes no call")
  func passedDeadline() async throws {
    try await withEcho { client, _ in
      for deadline in [CallDeadline.after(.zero), .after(.seconds(-5)), .at(.now - .seconds(100))] {
        let error = await rpcError { try await client.unary("a", options: CallOptions(deadline: deadline)) }
        #expect(error?.code == .deadlineExceeded)
      }
    }
  }

  @Test("A call without a deadline of its own has the channel's, and none has none")
  func defaultDeadline() async throws {
    let remaining = Shared<Duration?>(nil)
    var service = EchoService()
    service.onUnary = { request, context in
      remaining.value = context.timeRemaining
      return request
    }
    var configuration = ChannelConfiguration()
    configuration.defaultTimeout = .seconds(500)
    try await withEcho(service, channel: configuration) { client, _ in
      // The call may take its time on a busy machine; the wire rounds up, long ones to tens of seconds.
      for (deadline, range): (CallDeadline, ClosedRange<Duration>) in [
        (.channelDefault, .seconds(100) ... .seconds(505)),
        (.after(.seconds(2_000)), .seconds(1_000) ... .seconds(2_020)),
        (.at(.now + .seconds(4_000)), .seconds(3_000) ... .seconds(4_020)),
      ] {
        _ = try await client.unary("a", options: CallOptions(deadline: deadline))
        #expect(range.contains(try #require(remaining.value)))
      }
      _ = try await client.unary("a", options: CallOptions(deadline: .none))
      #expect(remaining.value == nil)
    }
    var patient = ChannelConfiguration()
    patient.defaultTimeout = nil
    try await withEcho(service, channel: patient) { client, _ in
      _ = try await client.unary("a")
      #expect(remaining.value == nil)
    }
  }

  @Test("A call that a handler makes inherits its deadline and its cancellation")
  func inheritance() async throws {
    let remaining = Shared<Duration?>(nil)
    let innerCancelled = Shared(0)
    var inner = EchoService()
    inner.onUnary = { request, context in
      remaining.value = context.timeRemaining
      do {
        try await Task.sleep(for: .seconds(60))
      } catch {
        innerCancelled.update { $0 += 1 }
      }
      return request
    }
    var patient = ChannelConfiguration()
    patient.defaultTimeout = nil
    try await withEcho(inner, channel: patient) { innerClient, innerServer in
      var outer = EchoService()
      outer.onUnary = { request, _ in try await innerClient.unary(request) }
      try await withEcho(outer) { client, server in
        let task = Task { try await client.unary("a", options: .timeout(.seconds(600))) }
        #expect(await eventually { remaining.value != nil })
        let left = try #require(remaining.value)
        #expect(left <= .seconds(602))
        task.cancel()
        _ = await task.result
        #expect(await eventually { innerCancelled.value == 1 })
        #expect(await eventually { server.runningHandlerCount + innerServer.runningHandlerCount == 0 })
      }
    }
  }
}
