import Testing
import ThinGRPC

@Suite("Metadata")
struct MetadataTests {
  @Test(
    "Metadata goes both ways, text and binary, with several values for a key", arguments: MethodKind.allKinds)
  func bothWays(kind: MethodKind) async throws {
    let seen = Shared<Metadata>([:])
    let respond: @Sendable (ServerContext) throws -> Void = { context in
      seen.value = context.metadata
      try context.setInitialMetadata(["x-initial": "first"])
      var trailing: Metadata = ["x-trailing": "last"]
      trailing.add([0, 255, 7], forKey: "x-trailing-bin")
      try context.setTrailingMetadata(trailing)
    }
    var service = EchoService()
    service.onUnary = { request, context in
      try respond(context)
      return request
    }
    service.onCollect = { requests, context in
      for try await _ in requests {}
      try respond(context)
      return "done"
    }
    service.onExpand = { _, responses, context in
      try respond(context)
      try await responses.write("only")
    }
    service.onChat = { requests, responses, context in
      try respond(context)
      for try await request in requests { try await responses.write(request) }
    }
    try await withEcho(service) { client, _ in
      let received = ReceivedMetadata()
      var metadata: Metadata = ["X-Custom": "one"]
      metadata.add("two", forKey: "x-custom")
      metadata.add([1, 0, 2], forKey: "x-custom-bin")
      let options = CallOptions(metadata: metadata, receivedMetadata: received)
      switch kind {
      case .unary: _ = try await client.unary("a", options: options)
      case .clientStreaming: _ = try await client.collect(texts(["a"]), options: options)
      case .serverStreaming: _ = try await client.expand("a", options: options).collected()
      case .bidirectionalStreaming: _ = try await client.chat(texts(["a"]), options: options).collected()
      }
      #expect(seen.value.values(forKey: "x-custom") == [.text("one"), .text("two")])
      #expect(seen.value[binary: "x-custom-bin"] == [1, 0, 2])
      #expect(received.initial["x-initial"] == "first")
      #expect(received.trailing["x-trailing"] == "last")
      #expect(received.trailing[binary: "x-trailing-bin"] == [0, 255, 7])
    }
  }

  @Test("Initial metadata can be sent before the first response")
  func earlyInitialMetadata() async throws {
    let received = ReceivedMetadata()
    let sawMetadata = Shared(false)
    var service = EchoService()
    service.onExpand = { _, responses, context in
      try context.setInitialMetadata(["x-early": "yes"])
      try await context.sendInitialMetadata()
      #expect(throws: (any Error).self) { try context.setInitialMetadata([:]) }
      try await responses.write("one")
    }
    try await withEcho(service) { client, _ in
      for try await _ in client.expand("", options: CallOptions(receivedMetadata: received)) {
        sawMetadata.value = received.initial["x-early"] == "yes"
      }
    }
    #expect(sawMetadata.value)
  }

  @Test(
    "Metadata that gRPC cannot send is refused with a reason, and the channel goes on",
    arguments: [
      ("bad key", "v"), ("ümlaut", "v"), ("", "v"), ("grpc-timeout", "1S"), (":path", "/x"),
      ("key", "new\nline"),
      ("key", "ü"), ("key-bin", "text"),
    ])
  func illegal(key: String, value: String) async throws {
    try await withEcho { client, _ in
      let error = await rpcError {
        try await client.unary("a", options: CallOptions(metadata: [key: value]))
      }
      #expect(error?.code == .internalError)
      #expect(error?.message.contains("metadata key") == true)
      try await expectEqual(client.unary("b"), "b")
    }
  }

  @Test("Illegal metadata of a handler's error is left out, and the status still arrives")
  func illegalInError() async throws {
    var service = EchoService()
    service.onUnary = { _, _ in throw RPCError(.notFound, "gone", metadata: ["bad key": "v"]) }
    try await withEcho(service) { client, _ in
      let error = await rpcError { try await client.unary("a") }
      #expect(error?.code == .notFound)
    }
  }

  @Test("More metadata than the limit is RESOURCE_EXHAUSTED")
  func tooMuch() async throws {
    try await withEcho { client, _ in
      let error = await rpcError {
        try await client.unary(
          "a", options: CallOptions(metadata: ["x-large": String(repeating: "a", count: 20_000)]))
      }
      #expect(error?.code == .resourceExhausted)
      try await expectEqual(client.unary("b", options: CallOptions(waitsForReady: true)), "b")
    }
  }

  @Test("Metadata is a multimap with case-insensitive keys")
  func collection() {
    var metadata: Metadata = ["A": "1", "b": "2"]
    metadata.add("3", forKey: "a")
    #expect(metadata.count == 3)
    #expect(metadata["a"] == "1")
    metadata["A"] = "9"
    #expect(metadata.values(forKey: "a") == [.text("9")])
    metadata["b"] = nil
    #expect(metadata == ["a": "9"])
    metadata[binary: "x-bin"] = [1, 2]
    #expect(metadata.description == "[a: 9, x-bin: (2 bytes)]")
  }
}
