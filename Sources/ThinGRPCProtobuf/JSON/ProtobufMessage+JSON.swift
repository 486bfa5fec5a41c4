public import ThinGRPC

extension ProtobufMessage {
  /// The message in protobuf's JSON format.
  ///
  /// Unknown fields are not in it, and of extensions those that the options' registry has. The entries of a map are in no particular
  /// order unless the options say so. Fields that are required may be missing, as in protobuf's other implementations: that is
  /// checked where a message is read, and in the wire format.
  ///
  /// - Throws: `MessageCodingError` when a well-known type holds what it may not, such as a `Timestamp` of the year 10000, when
  ///   the type of an `Any` is not in the options' registry, or when messages are nested deeper than 100 levels.
  @inlinable public func jsonString(
    options: JSONEncodingOptions = JSONEncodingOptions()
  ) throws(MessageCodingError) -> String {
    let arena = unsafe Arena.open(budget: .max)
    defer {
      unsafe Arena.close(arena)
      // The image refers to the strings and bytes of `self`.
      withExtendedLifetime(self) {}
    }
    return try unsafe json(MessageWriter.image(of: self, arena), options, arena).text
  }

  /// The message in protobuf's JSON format, in UTF-8; else as `jsonString(options:)`.
  ///
  /// - Throws: what `jsonString(options:)` throws.
  @inlinable public func jsonBytes(
    options: JSONEncodingOptions = JSONEncodingOptions()
  ) throws(MessageCodingError) -> [UInt8] {
    let arena = unsafe Arena.open(budget: .max)
    defer {
      unsafe Arena.close(arena)
      // The image refers to the strings and bytes of `self`.
      withExtendedLifetime(self) {}
    }
    return try unsafe json(MessageWriter.image(of: self, arena), options, arena).array
  }

  /// Reads a message from protobuf's JSON format.
  ///
  /// A field may come only once; of several entries of a map with the same key the last counts.
  ///
  /// - Throws: `MessageCodingError` when the text is not JSON, or not that of such a message, or exceeds a limit. It says which
  ///   field is wrong, and nothing of the text.
  @inlinable public init(
    jsonString text: String, options: JSONDecodingOptions = JSONDecodingOptions()
  ) throws(MessageCodingError) {
    var text = text
    text.makeContiguousUTF8()
    self = try unsafe Self.decoded(readJSON(text.utf8Span.span.bytes, isText: true, Self.layout, options))
  }

  /// Reads a message from protobuf's JSON format in UTF-8; else as `init(jsonString:options:)`.
  ///
  /// - Throws: what `init(jsonString:options:)` throws, and for bytes that are not UTF-8.
  @inlinable public init(
    jsonBytes bytes: [UInt8], options: JSONDecodingOptions = JSONDecodingOptions()
  ) throws(MessageCodingError) {
    self = try unsafe Self.decoded(readJSON(bytes.span.bytes, isText: false, Self.layout, options))
  }
}

/// JSON in an arena.
@unsafe @usableFromInline struct JSONBytes {
  private let bytes: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }

  @usableFromInline var array: [UInt8] { unsafe [UInt8](bytes) }
  @usableFromInline var text: String { unsafe String(decoding: bytes, as: UTF8.self) }
}

/// The message in `image` as JSON.
@usableFromInline
func json(
  _ image: UnsafeRawPointer, _ options: JSONEncodingOptions, _ arena: UnsafeMutablePointer<Arena>
) throws(MessageCodingError) -> JSONBytes {
  try unsafe arena.pointee.checkNoFailure()
  // Names are about as long as what bounds the binary form, and the rest grows little.
  let expected = unsafe arena.pointee.packedByteBound * 4 / 3 + 256
  var writer = unsafe JSONWriter(options, expecting: expected, arena)
  do throws(JSONFailure) {
    try unsafe writer.write(message: image)
  } catch {
    throw unsafe error.error("The \(messageTable(of: image).pointee.name) has no form in JSON")
  }
  return unsafe JSONBytes(writer.output.bytes)
}
