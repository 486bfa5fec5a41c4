internal import ConsoleProgram
internal import ThinGRPC
internal import ThinGRPCProtobuf
internal import ThinGRPCStatusDetails
internal import ThinGRPCWellKnownTypes

/// A call that failed, as it is printed: on a line, and on others what its details say; or as a `google.rpc.Status` in JSON.
struct FailedCall: Error {
  let error: RPCError
  let format: Output.Format

  /// The most lines of details: a server may send thousands.
  private static let lineLimit = 20

  /// What is printed, without the end of the last line.
  var text: String {
    switch format {
    case .json: return json.escapedInJSON
    case .text:
      var lines = error.details.packed.flatMap(\.lines)
      if lines.count > Self.lineLimit {
        lines = lines.prefix(Self.lineLimit) + ["and \(lines.count - Self.lineLimit) more"]
      }
      let first = "userctl: \(error.code): \(error.message)"
      return ([first] + lines.map { "  \($0)" }).map(\.escapedForTerminal).joined(separator: "\n")
    }
  }

  /// A detail of a type that is not known here has its bytes in Base64 as its value.
  private var json: String {
    let details = error.details.packed.map(\.json).joined(separator: ",")
    return #"{"code":\#(error.code.rawValue),"message":\#(error.message.json),"details":[\#(details)]}"#
  }
}

extension GoogleProtobuf.AnyMessage {
  /// What a detail says: what is meant for people in words, anything else in text format.
  fileprivate var lines: [String] {
    let details = StatusDetails([self])
    if let request = details.badRequest {
      return request.fieldViolations.map { "\($0.field): \($0.description)" }
    }
    if let delay = details.retryInfo?.delay { return ["to be tried again after \(delay)"] }
    if let help = details.help { return help.links.map { "\($0.description): \($0.url)" } }
    if let message = details.localizedMessage { return [message.message] }
    if let detail = TypeRegistry.statusDetails.type(forURL: typeURL),
      let text = try? detail.init(serializedBytes: value).textFormatString(
        options: TextFormatEncodingOptions(singleLine: true, types: .statusDetails))
    {
      return ["\(messageTypeName) \(text)"]
    }
    return ["\(messageTypeName) (\(value.count) bytes)"]
  }

  fileprivate var json: String {
    let options = JSONEncodingOptions(includesDefaultValues: true, types: .statusDetails)
    if let json = try? jsonString(options: options) { return json }
    return #"{"@type":\#(typeURL.json),"value":\#(GoogleProtobuf.BytesValue(value).jsonText)}"#
  }
}

extension String {
  /// The text as a string in JSON.
  fileprivate var json: String { GoogleProtobuf.StringValue(self).jsonText }
}

extension ProtobufMessage {
  /// JSON of a type that always has some.
  fileprivate var jsonText: String { (try? jsonString()) ?? "null" }
}
