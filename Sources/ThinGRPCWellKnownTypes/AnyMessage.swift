public import ThinGRPC
public import ThinGRPCProtobuf

extension GoogleProtobuf.AnyMessage {
  /// Packs a message, with its type.
  ///
  /// - Parameters:
  ///   - message: the message, which may itself be an `AnyMessage`.
  ///   - typeURLPrefix: what stands before the type's name, without the slash between them.
  /// - Throws: `MessageCodingError` when the message cannot be encoded.
  public init(
    packing message: some ProtobufMessage, typeURLPrefix: String = "type.googleapis.com"
  ) throws(MessageCodingError) {
    self.init()
    typeURL = "\(typeURLPrefix)/\(type(of: message).protoTypeName)"
    value = try message.serializedBytes()
  }

  /// The full name of the type that is packed, which is what follows the last slash; empty where there is no slash.
  public var messageTypeName: String {
    guard let slash = typeURL.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
    return String(typeURL[typeURL.utf8.index(after: slash)...])
  }

  /// Whether a message of a type is packed.
  public func isA<Message: ProtobufMessage>(_ type: Message.Type) -> Bool {
    messageTypeName == type.protoTypeName
  }

  /// The packed message.
  ///
  /// - Throws: `MessageCodingError` when a message of another type is packed, or its bytes are malformed or exceed a limit.
  public func unpack<Message: ProtobufMessage>(
    as type: Message.Type = Message.self, options: DecodingOptions = DecodingOptions()
  ) throws(MessageCodingError) -> Message {
    guard isA(type) else {
      throw MessageCodingError("Asked for a \(type.protoTypeName), and something else is packed")
    }
    return try Message(serializedBytes: value, options: options)
  }
}
