public import ThinGRPC

extension ProtobufMessage {
  /// Encodes the message in protobuf's wire format.
  ///
  /// - Throws: `MessageCodingError` when it is larger than 2 GiB or nested deeper than 100 levels.
  @inlinable public func serializedBytes() throws(MessageCodingError) -> [UInt8] {
    try unsafe withImage { (image, byteCount) throws(MessageCodingError) -> [UInt8] in
      unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initializedCount in
        if let start = buffer.baseAddress { unsafe pack(image, into: start) }
        initializedCount = byteCount
      }
    }
  }

  /// Decodes a message from protobuf's wire format.
  ///
  /// Fields that the type does not know are kept in `unknownFields`, except groups: they are refused, and so is a
  /// field that comes with another wire type than its own.
  ///
  /// - Throws: `MessageCodingError` when the bytes are malformed, hold text that is not UTF-8, or exceed a limit.
  @inlinable public init(
    serializedBytes bytes: [UInt8], options: DecodingOptions = DecodingOptions()
  ) throws(MessageCodingError) {
    try unsafe self.init(serializedBytes: bytes.span.bytes, options: options)
  }

  /// Decodes a message from protobuf's wire format, read in place.
  ///
  /// - Throws: `MessageCodingError` when the bytes are malformed, hold text that is not UTF-8, or exceed a limit.
  @inlinable public init(
    serializedBytes bytes: RawSpan, options: DecodingOptions = DecodingOptions()
  ) throws(MessageCodingError) {
    let budget = DecodingOptions.memoryBudget(forDecoding: bytes.byteCount)
    self = try unsafe Arena.with(budget: budget) { (arena) throws(MessageCodingError) -> Self in
      try unsafe bytes.withUnsafeBytes { (buffer) throws(MessageCodingError) -> Self in
        try unsafe Self(reading: MessageReader(unpack(buffer, Self.layout, options, arena)))
      }
    }
  }

  /// Decodes the message of a call, with the default limits. The call's own size limit comes first.
  ///
  /// - Throws: `MessageCodingError` when the bytes are malformed, hold text that is not UTF-8, or exceed a limit.
  @inlinable public init(decoding bytes: borrowing MessageBytes) throws(MessageCodingError) {
    self = try bytes.withBytes { (span) throws(MessageCodingError) -> Self in
      try Self(serializedBytes: span)
    }
  }

  /// Encodes the message for a call, straight into the memory that is sent (`protobuf_c_message_pack`).
  ///
  /// - Throws: `MessageCodingError` when it is larger than 2 GiB or nested deeper than 100 levels.
  @inlinable public func encoded() throws(MessageCodingError) -> MessageBytes {
    try unsafe withImage { (image, byteCount) throws(MessageCodingError) -> MessageBytes in
      MessageBytes(byteCount: byteCount) { output in
        unsafe output.withUnsafeMutableBytes { buffer, initializedCount in
          if let start = buffer.baseAddress { unsafe pack(image, into: start) }
          initializedCount = byteCount
        }
      }
    }
  }

  /// Calls `body` with the message's image and the number of bytes that it packs to.
  @inlinable func withImage<Result: ~Copyable>(
    _ body: (UnsafeMutableRawPointer, Int) throws(MessageCodingError) -> Result
  ) throws(MessageCodingError) -> Result {
    try unsafe Arena.with(budget: .max) { (arena) throws(MessageCodingError) -> Result in
      let image = try unsafe MessageWriter.image(of: self, arena)
      return try unsafe body(image, packedByteCount(image))
    }
  }
}
