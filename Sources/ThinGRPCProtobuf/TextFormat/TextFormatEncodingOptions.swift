/// How a message is written in text format.
public struct TextFormatEncodingOptions: Sendable {
  /// All fields on one line, with a space between them; false unless set: a line for each, indented by two spaces a level.
  public var singleLine: Bool

  /// Whether the fields that the message's type does not know are written, with their numbers for names; false unless set.
  ///
  /// They are for people alone: what stands for a message or a string is guessed, and no parser takes them.
  public var printsUnknownFields: Bool

  /// The types that a `google.protobuf.Any` is searched in: one with a type that is found is written as that message. And the
  /// extensions that are written by their names.
  public var types: TypeRegistry

  /// Options of your own.
  ///
  /// - Parameters:
  ///   - singleLine: whether all fields are on one line.
  ///   - printsUnknownFields: whether unknown fields are written.
  ///   - types: the types of messages in `google.protobuf.Any`, and extensions. `TypeRegistry.wellKnownTypes` (module
  ///     `ThinGRPCWellKnownTypes`) has those of `google/protobuf`.
  public init(
    singleLine: Bool = false, printsUnknownFields: Bool = false, types: TypeRegistry = TypeRegistry()
  ) {
    self.singleLine = singleLine
    self.printsUnknownFields = printsUnknownFields
    self.types = types
  }
}
