import Testing
import ThinGRPC

@Suite("What metadata may be")
struct MetadataRuleTests {
  static let illegal: [(key: String, value: MetadataValue)] =
    [
      "bad key", "ümlaut", "", " ", "a:b", "a\0", "a\n", "A(B)", "grpc-timeout", "grpc-status",
      "grpc-foo-bin",
      "GRPC-Encoding", ":path", ":authority", "connection", "Content-Length", "content-type", "host",
      "keep-alive", "proxy-connection", "TE", "transfer-encoding", "upgrade",
    ].map { ($0, .text("v")) }
    + ["ü", "new\nline", "a\0", "\u{7F}", "tab\t"].map { ("x-key", .text($0)) }
    + [
      ("x-key-bin", .text("text")), ("x-key", .binary([1])), ("grpc-status-details-bin", .text("text")),
      ("grpc-retry-pushback-ms", .text("soon")),
    ]

  private func metadata(_ key: String, _ value: MetadataValue) -> Metadata {
    var metadata: Metadata = ["x-fine": "1"]
    switch value {
    case .text(let text): metadata.add(text, forKey: key)
    case .binary(let bytes): metadata.add(bytes, forKey: key)
    }
    return metadata
  }

  @Test(
    "Metadata that breaks a rule is refused wherever it is given, with an error that names the key",
    arguments: illegal)
  func refused(key: String, value: MetadataValue) async throws {
    let metadata = metadata(key, value)
    let name = "'\(key.lowercased())'"
    var service = EchoService()
    service.onUnary = { request, context in
      for set in [context.setInitialMetadata, context.setTrailingMetadata] {
        let error = await rpcError { try set(metadata) }
        #expect(error?.code == .internalError && error?.message.contains(name) == true)
      }
      throw RPCError(.notFound, "gone", metadata: metadata)
    }
    try await withEcho(service) { client, _ in
      let refused = await rpcError { try await client.unary("a", options: CallOptions(metadata: metadata)) }
      #expect(refused?.code == .internalError && refused?.message.contains(name) == true)
      // The status of an error arrives without it.
      let error = await rpcError { try await client.unary("a") }
      #expect(error?.code == .notFound && error?.metadata.isEmpty == true)
      #expect(error?.message.hasPrefix("gone (trailing metadata was left out: ") == true)
      #expect(error?.message.contains(name) == true)
    }
  }

  /// What is sent in one place comes back from all of them.
  @Test(
    "Metadata that keeps the rules comes back from everywhere as it was: bytes, repeated keys, all in their order"
  )
  func kept() async throws {
    var sent = Metadata()
    for (key, value) in [
      ("b", "2"), ("a", "1"), ("b", "1"), ("a.b_c-d", "~ !"), ("0", ""), ("authorization", "Bearer x"),
      ("cookie", "a=b; c=d"), ("traceparent", "00-1-2-01"), ("date", "now"), ("server", "s"),
      ("accept", "*/*"),
      ("set-cookie", "a"), ("cookie", "e=f"), ("a", "1"), ("x-comma", "a,b"), ("lb-cost", "1"),
    ] { sent.add(value, forKey: key) }
    for (key, bytes) in [
      ("z-bin", [0, 255, 44]), ("a-bin", []), ("z-bin", [10]), ("z-bin", [UInt8](0...255)), ("a-bin", []),
    ] as [(String, [UInt8])] { sent.add(bytes, forKey: key) }

    var service = EchoService()
    service.onUnary = { request, context in
      let seen = Metadata(context.metadata.entries.filter { $0.key != "user-agent" })
      try context.setInitialMetadata(seen)
      if request == "fail" { throw RPCError(.aborted, "no", metadata: seen) }
      try context.setTrailingMetadata(seen)
      return request
    }
    try await withEcho(service) { [sent] client, _ in
      let received = ReceivedMetadata()
      _ = try await client.unary("a", options: CallOptions(metadata: sent, receivedMetadata: received))
      #expect(received.initial == sent)
      #expect(received.trailing == sent)
      let failed = ReceivedMetadata()
      let error = await rpcError {
        try await client.unary("fail", options: CallOptions(metadata: sent, receivedMetadata: failed))
      }
      #expect(error?.metadata == sent && failed.trailing == sent && failed.initial == sent)
    }
  }

  @Test("Trailing metadata that was set goes out with an error too, before the error's own")
  func setAndThrown() async throws {
    var service = EchoService()
    service.onExpand = { _, responses, context in
      try await responses.write("first")
      try context.setTrailingMetadata(["x-replaced": "1"])
      try context.setTrailingMetadata(["x-set": "1"])
      throw RPCError(.aborted, "no", metadata: ["x-thrown": "2", "x-set": "2"])
    }
    try await withEcho(service) { client, _ in
      let error = await rpcError { try await client.expand("").collected() }
      #expect(error?.metadata == ["x-set": "1", "x-thrown": "2", "x-set": "2"])
    }
  }

  @Test("A failure has the core's own words for people who debug, and never sends them on")
  func debugText() async throws {
    var service = EchoService()
    service.onUnary = { _, _ in
      var error = RPCError(.notFound, "gone")
      error.debugDescription = "secret"
      throw error
    }
    try await withEcho(service) { client, _ in
      let error = await rpcError { try await client.unary("a") }
      #expect(error?.message == "gone" && error?.metadata.isEmpty == true)
      #expect(error?.debugDescription?.contains("secret") == false)
      #expect(error?.debugDescription?.contains("grpc_status:5") == true)
    }
    let nowhere = try Channel(to: "unix:/nonexistent", credentials: .insecure)
    let error = await rpcError { try await EchoClient(channel: nowhere).unary("a") }
    #expect(error?.code == .unavailable && error?.debugDescription?.isEmpty == false)
    await nowhere.shutdown()
  }
}

extension Metadata {
  fileprivate init(_ entries: [(key: String, value: MetadataValue)]) {
    self.init()
    for (key, value) in entries {
      switch value {
      case .text(let text): add(text, forKey: key)
      case .binary(let bytes): add(bytes, forKey: key)
      }
    }
  }
}
