/// How a message is written as JSON.
public struct JSONEncodingOptions: Sendable {
  /// Whether fields have the names of the .proto file instead of those in lowerCamelCase.
  public var preservesProtoFieldNames: Bool

  /// Whether fields without presence are written when they have their default value, and repeated fields and maps when they
  /// are empty.
  public var includesDefaultValues: Bool

  /// Whether enums are written as numbers instead of names.
  public var writesEnumsAsNumbers: Bool

  /// Whether the entries of maps are in the order of their keys, so that equal messages have the same JSON.
  public var sortsMaps: Bool

  /// The spaces by which each level is indented, on lines of its own; nil, which is the default, for one line without spaces.
  public var indentation: Int?

  /// The types that an `Any` in the message can hold, and the extensions that a message can have; none unless set.
  public var types: TypeRegistry

  /// Options of your own.
  public init(
    preservesProtoFieldNames: Bool = false, includesDefaultValues: Bool = false,
    writesEnumsAsNumbers: Bool = false, sortsMaps: Bool = false, indentation: Int? = nil,
    types: TypeRegistry = TypeRegistry()
  ) {
    self.preservesProtoFieldNames = preservesProtoFieldNames
    self.includesDefaultValues = includesDefaultValues
    self.writesEnumsAsNumbers = writesEnumsAsNumbers
    self.sortsMaps = sortsMaps
    self.indentation = indentation
    self.types = types
  }
}
