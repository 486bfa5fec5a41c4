import Foundation
import ThinGRPC
import ThinGRPCProtobuf
import ThinGRPCStatusDetails
import ThinGRPCWellKnownTypes

extension CallPeer {
  private struct Failure: Encodable {
    let code: Int32
    let message: String
    /// The first detail of each type that is known, read and encoded again, by its name; in hexadecimal.
    let typed: [String: String]
    let types: [String]
    let problem: String?
  }

  static func printFailure(at address: String) async throws {
    let channel = try Channel(to: address, credentials: .insecure)
    do throws(RPCError) {
      let _: Status = try await channel.unary(PeerService.fail, Status(), options: .timeout(.seconds(30)))
    } catch {
      var problem: String?
      do throws(StatusDetailsError) { _ = try StatusDetails(of: error) } catch { problem = "\(error)" }
      let details = error.details
      let known: [(any ProtobufMessage)?] = [
        details.badRequest, details.errorInfo, details.retryInfo, details.quotaFailure,
        details.preconditionFailure, details.resourceInfo, details.requestInfo, details.help,
        details.localizedMessage, details.debugInfo, details.first(GoogleProtobuf.Struct.self),
      ]
      var typed: [String: String] = [:]
      for case let detail? in known {
        typed[type(of: detail).protoTypeName] = hexadecimal(try detail.serializedBytes())
      }
      try tell(
        Failure(
          code: error.code.rawValue, message: error.message, typed: typed,
          types: details.packed.map(\.messageTypeName), problem: problem))
    }
    await channel.shutdown()
  }

  private struct Received: Encodable {
    /// What was there before anything was sent but the call's own metadata.
    var initial: [[String]] = []
    var response = ""
    var trailing: [[String]] = []
    var error: String?
    var errorMetadata: [[String]] = []
  }

  static func printMetadata(at address: String) async throws {
    let channel = try Channel(to: address, credentials: .insecure)
    var metadata: Metadata = ["x-first": "1", "x-empty": ""]
    metadata.add("2", forKey: "x-repeated")
    metadata.add([0, 255, 44], forKey: "x-bytes-bin")
    metadata.add("1", forKey: "x-repeated")
    metadata.add([UInt8](), forKey: "x-bytes-bin")
    let taken = ReceivedMetadata { _ in }
    let options = CallOptions(deadline: .after(.seconds(30)), metadata: metadata, receivedMetadata: taken)
    var received = Received()
    do {
      (received.initial, received.response) = try await channel.bidirectionalStreaming(
        PeerService.chat, options: options
      ) {
        (
          requests: RequestWriter<GoogleProtobuf.StringValue>,
          responses: CallResponses<GoogleProtobuf.StringValue>
        ) in
        let initial = entries(try await responses.initialMetadata())
        try await requests.write("hello")
        let response = try await responses.next()?.value ?? ""
        try await requests.finish()
        while try await responses.next() != nil {}
        return (initial, response)
      }
    } catch let error as RPCError {
      (received.error, received.errorMetadata) = ("\(error)", entries(error.metadata))
    }
    received.trailing = entries(taken.trailing)
    try tell(received)
    await channel.shutdown()
  }

  private static func entries(_ metadata: Metadata) -> [[String]] {
    metadata.entries.map { key, value in
      switch value {
      case .text(let text): [key, text]
      case .binary(let bytes): [key, hexadecimal(bytes)]
      }
    }
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
