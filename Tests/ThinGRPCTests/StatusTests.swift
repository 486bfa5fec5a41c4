import Testing
import ThinGRPC

@Suite("Statuses and errors")
struct StatusTests {
  @Test("A handler's RPCError arrives with code, message and trailing metadata")
  func thrownRPCError() async throws {
    var service = EchoService()
    service.onUnary = { _, _ in
      throw RPCError(.notFound, "User 42 nicht da: ü", metadata: ["x-hint": "try 43"])
    }
    try await withEcho(service) { client, _ in
      let error = await rpcError { try await client.unary("a") }
      #expect(error?.code == .notFound)
      #expect(error?.message == "User 42 nicht da: ü")
      #expect(error?.metadata["x-hint"] == "try 43")
      #expect(error?.description == "NOT_FOUND: User 42 nicht da: ü")
    }
  }

  @Test(
    "Every code but OK arrives as it was thrown, known to gRPC or not",
    arguments: (1...16).map(Int32.init) + [99])
  func codes(rawValue: Int32) async throws {
    var service = EchoService()
    service.onExpand = { _, _, _ in throw RPCError(StatusCode(rawValue: rawValue), "as thrown") }
    try await withEcho(service) { client, _ in
      let error = await rpcError { try await client.expand("1").collected() }
      #expect(error?.code == StatusCode(rawValue: rawValue))
    }
  }

  @Test("An unexpected error tells the client nothing, and the server's owner everything")
  func unexpectedError() async throws {
    struct Secret: Error {}
    let reported = Shared<[String]>([])
    var service = EchoService()
    service.onUnary = { _, _ in throw Secret() }
    try await withEcho(
      service,
      onUnexpectedError: { error, context in
        reported.update { $0.append("\(error) in \(context.method.path)") }
      }
    ) { client, _ in
      let error = await rpcError { try await client.unary("a") }
      #expect(error?.code == .unknown)
      #expect(error?.message == "The handler failed")
    }
    #expect(reported.value == ["Secret() in /test.Echo/Unary"])
  }

  @Test("Throwing the code OK, or a cancellation, is still a failure")
  func oddErrors() async throws {
    var service = EchoService()
    service.onUnary = { request, _ in
      if request == "ok" { throw RPCError(.ok, "not really") }
      throw CancellationError()
    }
    try await withEcho(service) { client, _ in
      let ok = await rpcError { try await client.unary("ok") }
      #expect(ok?.code == .unknown)
      let cancelled = await rpcError { try await client.unary("cancel") }
      #expect(cancelled?.code == .cancelled)
    }
  }

  @Test("A method that the server does not have is UNIMPLEMENTED", arguments: MethodKind.allKinds)
  func unimplemented(kind: MethodKind) async throws {
    try await withEcho { client, _ in
      let method = MethodDescriptor(service: "test.Echo", method: "Missing", kind: kind)
      let error = await rpcError {
        switch kind {
        case .unary: _ = try await client.channel.unary(method, Text("a"), options: CallOptions()) as Text
        case .clientStreaming:
          _ = try await client.channel.clientStreaming(method, texts(["a"]), options: CallOptions()) as Text
        case .serverStreaming:
          let responses: ResponseStream<Text> = client.channel.serverStreaming(
            method, Text("a"), options: CallOptions())
          _ = try await responses.collected()
        case .bidirectionalStreaming:
          let responses: ResponseStream<Text> = client.channel.bidirectionalStreaming(
            method, texts(["a"]), options: CallOptions())
          _ = try await responses.collected()
        }
      }
      #expect(error?.code == .unimplemented)
      #expect(error?.message == "The method /test.Echo/Missing is not implemented")
    }
  }

  @Test("Responses that were written before an error arrive before it")
  func responsesBeforeError() async throws {
    var service = EchoService()
    service.onExpand = { _, responses, _ in
      for index in 0..<10 { try await responses.write(Text("\(index)")) }
      throw RPCError(.aborted, "enough")
    }
    try await withEcho(service) { client, _ in
      var received = 0
      do throws(RPCError) {
        for try await _ in client.expand("") { received += 1 }
        Issue.record("The stream ended without an error")
      } catch {
        #expect(error.code == .aborted)
      }
      #expect(received == 10)
    }
  }

  @Test("A message that cannot be encoded fails on the side that has it")
  func unencodable() async throws {
    var service = EchoService()
    service.onUnary = { _, _ in "unencodable" }
    service.onExpand = { _, responses, _ in try await responses.write("unencodable") }
    try await withEcho(service) { client, _ in
      let request = await rpcError { try await client.unary("unencodable") }
      #expect(request == RPCError(.internalError, "The text has no encoding"))
      let expanded = await rpcError { try await client.expand("unencodable").collected() }
      #expect(expanded?.message == "The text has no encoding")
      let response = await rpcError { try await client.unary("a") }
      #expect(response?.code == .internalError)
      let stream = await rpcError { try await client.expand("a").collected() }
      #expect(stream?.code == .internalError)
      let requests = await rpcError { try await client.collect(texts(["a", "unencodable"])) }
      #expect(requests?.message == "The text has no encoding")
      #expect(await eventually { client.channel.openCallCount == 0 })
    }
  }

  @Test("A message that cannot be decoded is INTERNAL, and the server goes on")
  func undecodable() async throws {
    try await withEcho { client, _ in
      let error = await rpcError {
        _ = try await client.channel.unary(EchoService.unary, Garbage(), options: CallOptions()) as Text
      }
      #expect(error?.code == .internalError)
      let stream = await rpcError {
        _ =
          try await client.channel.clientStreaming(EchoService.collect, garbage(), options: CallOptions())
          as Text
      }
      #expect(stream?.code == .internalError)
      try await expectEqual(client.unary("still there"), "still there")
    }
  }

  private func garbage() -> AsyncStream<Garbage> {
    AsyncStream { continuation in
      continuation.yield(Garbage())
      continuation.finish()
    }
  }
}

/// Bytes that are no text.
struct Garbage: CallMessage {
  init() {}
  init(decoding bytes: borrowing MessageBytes) throws(MessageCodingError) {}
  func encoded() throws(MessageCodingError) -> MessageBytes { MessageBytes(copying: [0xff, 0xfe, 0x00]) }
}

extension MethodKind {
  static let allKinds: [MethodKind] = [.unary, .serverStreaming, .clientStreaming, .bidirectionalStreaming]
}
