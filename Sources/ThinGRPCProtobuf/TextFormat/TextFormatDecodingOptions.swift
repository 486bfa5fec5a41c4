/// Limits for reading a message in text format, and what it may refer to.
public struct TextFormatDecodingOptions: Sendable {
  /// The deepest nesting of messages that is accepted, the outermost counted; 100 unless set.
  public var maximumDepth: Int

  /// The most bytes of text, in UTF-8, that are accepted; 2 GiB - 1 unless set.
  public var maximumByteCount: Int

  /// Whether fields that the message's type does not have are passed over; false unless set: they are an error.
  public var ignoresUnknownFields: Bool

  /// Whether messages may lack fields that are required; false unless set.
  public var allowsMissingRequiredFields: Bool

  /// The types that a `google.protobuf.Any` can hold when it is written as its message, and the extensions.
  public var types: TypeRegistry

  /// Options of your own.
  ///
  /// - Parameters:
  ///   - maximumDepth: the levels of messages, the outermost counted.
  ///   - maximumByteCount: the size of the text in bytes.
  ///   - ignoresUnknownFields: whether fields that the type does not have are passed over.
  ///   - allowsMissingRequiredFields: whether messages may lack fields that are required.
  ///   - types: the types of messages in `google.protobuf.Any`, and extensions. `TypeRegistry.wellKnownTypes` (module
  ///     `ThinGRPCWellKnownTypes`) has those of `google/protobuf`.
  public init(
    maximumDepth: Int = DecodingOptions.defaultMaximumDepth, maximumByteCount: Int = Int(Int32.max),
    ignoresUnknownFields: Bool = false, allowsMissingRequiredFields: Bool = false,
    types: TypeRegistry = TypeRegistry()
  ) {
    self.maximumDepth = maximumDepth
    self.maximumByteCount = maximumByteCount
    self.ignoresUnknownFields = ignoresUnknownFields
    self.allowsMissingRequiredFields = allowsMissingRequiredFields
    self.types = types
  }
}
