public import ThinGRPC

// What is generic here is inlined into the code that uses it, so that it is compiled for each message. All the rest is in
// Packing.swift. No value of a message passes through a closure: it would be copied there, field by field.

extension ProtobufMessage {
  /// Encodes the message in protobuf's wire format.
  ///
  /// - Throws: `MessageCodingError` when it is larger than 2 GiB, nested deeper than 100 levels, or lacks a field that is
  ///   required.
  @inlinable public func serializedBytes(
    options: EncodingOptions = EncodingOptions()
  ) throws(MessageCodingError) -> [UInt8] {
    let arena = unsafe Arena.open(budget: .max)
    defer {
      unsafe Arena.close(arena)
      // The image refers to the strings and bytes of `self`.
      withExtendedLifetime(self) {}
    }
    return try unsafe packedArray(MessageWriter.image(of: self, arena), options, arena)
  }

  /// Decodes a message from protobuf's wire format.
  ///
  /// Fields that the type does not know are kept in `unknownFields`, and so are fields that come with another wire type than
  /// their own.
  ///
  /// - Throws: `MessageCodingError` when the bytes are malformed, hold text that is not UTF-8, lack a field that is required,
  ///   or exceed a limit.
  @inlinable public init(
    serializedBytes bytes: [UInt8], options: DecodingOptions = DecodingOptions()
  ) throws(MessageCodingError) {
    try unsafe self.init(serializedBytes: bytes.span.bytes, options: options)
  }

  /// Decodes a message from protobuf's wire format, read in place.
  ///
  /// - Throws: `MessageCodingError` when the bytes are malformed, hold text that is not UTF-8, lack a field that is required,
  ///   or exceed a limit.
  @inlinable public init(
    serializedBytes bytes: RawSpan, options: DecodingOptions = DecodingOptions()
  ) throws(MessageCodingError) {
    self = try unsafe Self.decoded(unpack(bytes, Self.layout, options))
  }

  /// Adds what an encoded message has: single values take the place of those that are there, messages are merged, and
  /// repeated fields get longer.
  ///
  /// - Throws: `MessageCodingError` when the bytes are malformed, hold text that is not UTF-8, lack a field that is required,
  ///   or exceed a limit. The message is as it was then.
  public mutating func merge(
    serializedBytes bytes: [UInt8], options: DecodingOptions = DecodingOptions()
  ) throws(MessageCodingError) {
    // Encoded messages one after the other are, in protobuf, their merging.
    let present = try serializedBytes(options: EncodingOptions(allowsMissingRequiredFields: true))
    self = try Self(serializedBytes: present + bytes, options: options)
  }

  /// Decodes the message of a call, with the default limits. The call's own size limit comes first.
  ///
  /// - Throws: `MessageCodingError` when the bytes are malformed, hold text that is not UTF-8, lack a field that is required,
  ///   or exceed a limit.
  @inlinable public init(decoding bytes: borrowing MessageBytes) throws(MessageCodingError) {
    self = try unsafe Self.decoded(unpack(bytes, Self.layout))
  }

  /// Encodes the message for a call, straight into the memory that is sent (`protobuf_c_message_pack`).
  ///
  /// - Throws: `MessageCodingError` when it is larger than 2 GiB or nested deeper than 100 levels.
  @inlinable public func encoded() throws(MessageCodingError) -> MessageBytes {
    let arena = unsafe Arena.open(budget: .max)
    defer {
      unsafe Arena.close(arena)
      // The image refers to the strings and bytes of `self`.
      withExtendedLifetime(self) {}
    }
    return try unsafe packedMessage(MessageWriter.image(of: self, arena), arena)
  }

  /// Reads the message out of its image, and frees that.
  @inlinable static func decoded(_ reader: MessageReader) throws(MessageCodingError) -> Self {
    let message = unsafe Self(reading: reader)
    if let failure = unsafe Arena.close(reader.arena) { throw failure }
    return message
  }
}
