import ConformanceProtos
import ThinGRPC
import ThinGRPCProtobuf

/// Answers an encoded `ConformanceRequest` with an encoded `ConformanceResponse`.
///
/// - Throws: `MessageCodingError` when the request itself cannot be decoded.
func response(to bytes: [UInt8]) throws -> [UInt8] {
  let request = try ConformanceRequest(serializedBytes: bytes)
  return try ConformanceResponse.with { $0.result = outcome(of: request) }.serializedBytes()
}

/// Decodes what the request carries and encodes it again as the request wants it.
private func outcome(of request: ConformanceRequest) -> ConformanceResponse.Result {
  guard let type = testMessages[request.messageType] else {
    return .runtimeError("The message type \(request.messageType) is not known")
  }
  let message: any ProtobufMessage
  do throws(MessageCodingError) {
    switch request.payload {
    case .protobufPayload(let bytes)?: message = try type.init(serializedBytes: bytes)
    case .jsonPayload?: return .skipped("JSON is not read yet")
    case .textPayload?: return .skipped("The text format is not read")
    case .jspbPayload?: return .skipped("JSPB is for Google alone")
    case nil: return .runtimeError("The request has no payload")
    }
  } catch {
    return .parseError(error.reason)
  }
  do throws(MessageCodingError) {
    switch request.requestedOutputFormat {
    case .protobuf: return .protobufPayload(try message.serializedBytes())
    case .json: return .skipped("JSON is not written yet")
    case .textFormat: return .skipped("The text format is not written yet")
    case .jspb: return .skipped("JSPB is for Google alone")
    default: return .runtimeError("The output format \(request.requestedOutputFormat) is not known")
    }
  } catch {
    return .serializeError(error.reason)
  }
}
