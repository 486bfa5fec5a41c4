import Testing
import ThinGRPC

@Suite("How much goes out with a status")
struct StatusSizeTests {
  /// A client that takes in what gRPC's clients do by default.
  private var usualClient: ChannelConfiguration {
    var configuration = ChannelConfiguration()
    configuration.maxMetadataBytes = 8 << 10
    return configuration
  }

  /// The error that a client sees for one that a handler throws, of a call with one response and with many.
  private func received(
    _ thrown: RPCError, server: ServerConfiguration = ServerConfiguration(), channel: ChannelConfiguration
  ) async throws -> [RPCError] {
    var service = EchoService()
    service.onUnary = { _, _ in throw thrown }
    service.onExpand = { _, responses, _ in
      try await responses.write("first")
      throw thrown
    }
    return try await withEcho(service, server: server, channel: channel) { client, _ in
      let errors = [
        await rpcError { try await client.unary("a") },
        await rpcError { try await client.expand("a").collected() },
      ]
      return errors.compactMap { $0 }
    }
  }

  @Test(
    "A message of any size keeps its code, and is cut between two characters",
    arguments: ["a", "ü", "%", "€", "😀", "\n", "a😀", "100 % ü "])
  func longMessage(_ word: String) async throws {
    for count in [1_000, 8_000, 20_000, 1_000_000] {
      let message = String(repeating: word, count: count / word.utf8.count)
      for error in try await received(RPCError(.notFound, message), channel: usualClient) {
        #expect(error.code == .notFound)
        if error.message != message {
          #expect(error.message.hasSuffix("..."))
          #expect(message.hasPrefix(error.message.dropLast(3)))
          #expect(error.message.utf8.count >= 2_500)
        }
      }
    }
  }

  @Test("A message near the limit keeps its code")
  func nearTheLimit() async throws {
    for count in stride(from: 7_000, through: 8_400, by: 100) {
      let message = String(repeating: "a", count: count)
      for error in try await received(RPCError(.notFound, message), channel: usualClient) {
        #expect(error.code == .notFound)
        #expect((error.message == message) == (count <= 7_892))
      }
    }
  }

  @Test(
    "Trailing metadata that is too large is left out, and the message says so; the code stays",
    arguments: [
      (text: 20_000, binary: 0, isSent: false), (text: 0, binary: 20_000, isSent: false),
      (text: 7_500, binary: 0, isSent: true), (text: 7_900, binary: 0, isSent: false),
      (text: 0, binary: 5_500, isSent: true), (text: 0, binary: 7_000, isSent: false),
      (text: 3_000, binary: 3_000, isSent: true), (text: 5_000, binary: 3_000, isSent: false),
    ])
  func largeMetadata(text: Int, binary: Int, isSent: Bool) async throws {
    var metadata: Metadata = [:]
    if text > 0 { metadata.add(String(repeating: "a", count: text), forKey: "x-text") }
    if binary > 0 { metadata.add([UInt8](repeating: 255, count: binary), forKey: "x-binary-bin") }
    for error in try await received(RPCError(.notFound, "gone", metadata: metadata), channel: usualClient) {
      #expect(error.code == .notFound)
      #expect(error.message.hasPrefix("gone"))
      #expect(error.message.contains("left out") == !isSent)
      #expect((error.metadata == metadata) == isSent)
    }
  }

  @Test("A long message is cut to what metadata leaves")
  func both() async throws {
    let metadata: Metadata = ["x-text": String(repeating: "b", count: 5_000)]
    let thrown = RPCError(.notFound, String(repeating: "a", count: 5_000), metadata: metadata)
    for error in try await received(thrown, channel: usualClient) {
      #expect(error.code == .notFound)
      #expect(error.metadata == metadata)
      #expect((2_500..<3_000).contains(error.message.count))
    }
  }

  @Test("Large trailing metadata of a call that succeeds is left out, and it succeeds")
  func success() async throws {
    var service = EchoService()
    service.onUnary = { request, context in
      try context.setTrailingMetadata(["x-text": String(repeating: "a", count: 20_000)])
      return request
    }
    let received = ReceivedMetadata()
    try await withEcho(service, channel: usualClient) { client, _ in
      try await expectEqual(client.unary("a", options: CallOptions(receivedMetadata: received)), "a")
    }
    #expect(received.trailing.isEmpty)
  }

  @Test("The limit can be set on both sides")
  func ownLimit() async throws {
    var server = ServerConfiguration()
    server.maxStatusBytes = 100_000
    var channel = ChannelConfiguration()
    channel.maxMetadataBytes = 100_000
    let thrown = RPCError(
      .notFound, String(repeating: "a", count: 40_000),
      metadata: ["x-text": String(repeating: "b", count: 40_000)])
    for error in try await received(thrown, server: server, channel: channel) {
      #expect(error.message == thrown.message)
      #expect(error.metadata == thrown.metadata)
    }
    for limit in [0, 300, 1_000, Int.max] {
      server.maxStatusBytes = limit
      for error in try await received(RPCError(.notFound, "gone"), server: server, channel: channel) {
        #expect(error.code == .notFound)
      }
    }
  }
}
