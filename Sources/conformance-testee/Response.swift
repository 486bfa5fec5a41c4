import ConformanceProtos
import ThinGRPC
import ThinGRPCProtobuf

/// Answers an encoded `ConformanceRequest` with an encoded `ConformanceResponse`.
///
/// - Throws: `MessageCodingError` when the request itself cannot be decoded.
func response(to bytes: [UInt8]) throws(MessageCodingError) -> [UInt8] {
  let request = try ConformanceRequest(serializedBytes: bytes)
  return try ConformanceResponse.with { $0.result = outcome(of: request) }.serializedBytes()
}

/// Decodes what the request carries and encodes it again as the request wants it.
private func outcome(of request: ConformanceRequest) -> ConformanceResponse.Result {
  guard let type = testMessages.type(named: request.messageType) else {
    return .runtimeError("The message type \(request.messageType) is not known")
  }
  let message: any ProtobufMessage
  do throws(MessageCodingError) {
    switch request.payload {
    case .protobufPayload(let bytes)?: message = try type.init(serializedBytes: bytes)
    case .jsonPayload(let text)?:
      let options = JSONDecodingOptions(
        ignoresUnknownFields: request.testCategory == .jsonIgnoreUnknownParsingTest, types: testMessages)
      message = try type.init(jsonString: text, options: options)
    case .textPayload(let text)?:
      message = try type.init(
        textFormatString: text, options: TextFormatDecodingOptions(types: testMessages))
    case .jspbPayload?: return .skipped("JSPB is for Google alone")
    case nil: return .runtimeError("The request has no payload")
    }
  } catch {
    return .parseError(error.reason)
  }
  do throws(MessageCodingError) {
    switch request.requestedOutputFormat {
    case .protobuf: return .protobufPayload(try message.serializedBytes())
    case .json: return .jsonPayload(try message.jsonString(options: JSONEncodingOptions(types: testMessages)))
    case .textFormat:
      let options = TextFormatEncodingOptions(
        printsUnknownFields: request.printUnknownFields, types: testMessages)
      return .textPayload(try message.textFormatString(options: options))
    case .jspb: return .skipped("JSPB is for Google alone")
    default: return .runtimeError("The output format \(request.requestedOutputFormat) is not known")
    }
  } catch {
    return .serializeError(error.reason)
  }
}
