import Testing
import ThinGRPC
import ThinGRPCProtobuf
import ThinGRPCStatusDetails

@Suite("Details that are too large")
struct DetailSizeTests {
  /// A client that takes in what gRPC's clients do by default.
  private var usualClient: ChannelConfiguration {
    var configuration = ChannelConfiguration()
    configuration.maxMetadataBytes = 8 << 10
    return configuration
  }

  private func thrown(detail: Int, message: Int = 4, metadata: Metadata = [:]) -> RPCError {
    RPCError(
      .resourceExhausted, String(repeating: "m", count: message),
      details: [DebugInfo.with { $0.detail = String(repeating: "d", count: detail) }], metadata: metadata)
  }

  @Test("Whatever the size of the details, code and message arrive: the details do whole, or not at all")
  func anySize() async throws {
    for size in [1_000, 5_000, 5_500, 5_800, 6_000, 7_000, 100_000, 5_000_000] {
      let thrown = thrown(detail: size)
      for error in try await received(thrown, channel: usualClient) {
        #expect(error.code == .resourceExhausted)
        #expect(error.message.hasPrefix("mmmm"))
        if size <= 5_500 { #expect(error.details == thrown.details) }
        if size >= 6_000 {
          #expect(error.details.isEmpty && error.metadata.isEmpty)
          #expect(
            error.message.contains("status details of") && error.message.hasSuffix("bytes were left out)"))
        }
      }
    }
  }

  @Test("Details are left out before a message is cut, and other metadata stays")
  func message() async throws {
    for (detail, message) in [
      (3_000, 3_000), (10, 7_900), (10, 20_000), (20_000, 20_000), (1, 4_000), (1_000, 1_000),
    ] {
      let thrown = thrown(detail: detail, message: message, metadata: ["x-other": "kept"])
      for error in try await received(thrown, channel: usualClient) {
        #expect(error.code == .resourceExhausted)
        #expect(error.metadata["x-other"] == "kept")
        // The details have the message too: what arrives with them is all of it.
        #expect(error.message.hasPrefix(String(repeating: "m", count: min(message, 7_000))))
        #expect(error.details.isEmpty == error.message.contains("left out"))
        if !error.details.isEmpty { #expect(error.message == thrown.message) }
      }
    }
  }

  @Test("Where other metadata is too large as well, all of it is left out")
  func both() async throws {
    let thrown = thrown(detail: 5_000, metadata: ["x-other": String(repeating: "o", count: 9_000)])
    for error in try await received(thrown, channel: usualClient) {
      #expect(error.code == .resourceExhausted && error.message.hasPrefix("mmmm"))
      #expect(error.metadata.isEmpty)
    }
  }

  @Test("With higher limits on both sides large details arrive")
  func ownLimit() async throws {
    var server = ServerConfiguration()
    server.maxStatusBytes = 200_000
    var channel = ChannelConfiguration()
    channel.maxMetadataBytes = 200_000
    let thrown = thrown(detail: 100_000)
    for error in try await received(thrown, server: server, channel: channel) {
      #expect(error.message == thrown.message && error.details == thrown.details)
    }
  }
}
