public import ThinGRPC

// Text format, as protoc writes and reads it. All that is generic ends at the message's image, as in coding.

extension ProtobufMessage {
  /// The message in protobuf's text format.
  ///
  /// Equal messages have the same text: fields come in the order of their numbers, entries of maps in that of their keys.
  ///
  /// - Throws: `MessageCodingError` when the message is nested deeper than 100 levels.
  public func textFormatString(
    options: TextFormatEncodingOptions = TextFormatEncodingOptions()
  ) throws(MessageCodingError) -> String {
    _ = unsafe Self.layout.prepared
    let arena = unsafe Arena.open(budget: .max)
    defer {
      unsafe Arena.close(arena)
      // The image refers to the strings and bytes of `self`.
      withExtendedLifetime(self) {}
    }
    let image = unsafe MessageWriter.image(of: self, arena)
    try unsafe arena.pointee.checkNoFailure()
    return try unsafe TextFormatWriter.text(of: image, arena, options)
  }

  /// Reads a message from protobuf's text format.
  ///
  /// - Throws: `MessageCodingError` with the line and the column, when the text is malformed, names fields or values that the
  ///   type does not have, sets a field twice that can be there once, lacks one that is required, or exceeds a limit.
  public init(
    textFormatString text: String, options: TextFormatDecodingOptions = TextFormatDecodingOptions()
  ) throws(MessageCodingError) {
    let span = text.utf8Span.span
    let reader = try unsafe span.withUnsafeBufferPointer { text throws(MessageCodingError) in
      try unsafe TextFormatParser.parse(text, Self.layout, options)
    }
    self = try unsafe Self.decoded(reader)
  }

  /// The message in text format, unknown fields included, for people who debug; what has no text is said in it.
  public var debugDescription: String {
    let options = TextFormatEncodingOptions(printsUnknownFields: true)
    do throws(MessageCodingError) {
      let text = try textFormatString(options: options)
      return text.hasSuffix("\n") ? String(text.dropLast()) : text
    } catch {
      return "# \(error.reason)"
    }
  }
}
