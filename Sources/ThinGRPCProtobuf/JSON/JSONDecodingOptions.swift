/// What is accepted when a message is read from JSON.
public struct JSONDecodingOptions: Sendable {
  /// Whether fields that the type does not have, and names that an enum does not have, are passed over; false unless set.
  public var ignoresUnknownFields: Bool

  /// The deepest nesting of messages that is accepted, the outermost counted; 100 unless set. A list or an object within a
  /// `google.protobuf.Value` counts as two.
  public var maximumDepth: Int

  /// The most bytes that are accepted; 2 GiB - 1 unless set.
  public var maximumByteCount: Int

  /// Whether a message may lack fields that are required; it is refused unless set.
  public var allowsMissingRequiredFields: Bool

  /// The types that an `Any` in the message can hold, and the extensions that a message can have; none unless set.
  public var types: TypeRegistry

  /// Options of your own. A size above 2 GiB - 1 counts as that.
  ///
  /// Memory is limited as well, by the size of the JSON: see ``DecodingOptions/memoryBudget(forDecoding:)``, to which a copy of
  /// the JSON comes.
  public init(
    ignoresUnknownFields: Bool = false, maximumDepth: Int = DecodingOptions.defaultMaximumDepth,
    maximumByteCount: Int = Int(Int32.max), allowsMissingRequiredFields: Bool = false,
    types: TypeRegistry = TypeRegistry()
  ) {
    self.ignoresUnknownFields = ignoresUnknownFields
    self.maximumDepth = maximumDepth
    self.maximumByteCount = min(maximumByteCount, Int(Int32.max))
    self.allowsMissingRequiredFields = allowsMissingRequiredFields
    self.types = types
  }
}
