/// One field of a message, as the engine sees it: a row of the table that generated code hands over.
///
/// Every slot of the C image begins at a multiple of 8 and holds, from its offset: the presence flag and then
/// the value (singular); the count and then the array's pointer (repeated); the number of the set field and then
/// the value (oneof); or just the pointer (singular message).
public struct FieldLayout: Sendable {
  enum Shape: Sendable { case singular, repeated, packed, member }
  enum Target: Sendable {
    case none
    case message(any ProtobufMessage.Type)
    case entry(key: FieldType, value: FieldType)
  }

  let number: UInt32
  let name: StaticString
  let kind: FieldType.Kind
  let target: Target
  let shape: Shape
  let offset: Int

  private init(_ number: UInt32, _ name: StaticString, _ type: FieldType, _ shape: Shape, _ offset: Int) {
    self.number = number
    self.name = name
    self.kind = type.kind
    self.target = type.message.map { .message($0) } ?? .none
    self.shape = shape
    self.offset = offset
  }

  private init(map number: UInt32, _ name: StaticString, key: FieldType, value: FieldType, _ offset: Int) {
    self.number = number
    self.name = name
    self.kind = .message
    self.target = .entry(key: key, value: value)
    self.shape = .repeated
    self.offset = offset
  }

  /// A field that is there once or not at all.
  public static func singular(
    _ number: UInt32, _ name: StaticString, _ type: FieldType, at offset: Int
  ) -> FieldLayout { FieldLayout(number, name, type, .singular, offset) }

  /// A repeated field, each element with a tag of its own.
  public static func repeated(
    _ number: UInt32, _ name: StaticString, _ type: FieldType, at offset: Int
  ) -> FieldLayout { FieldLayout(number, name, type, .repeated, offset) }

  /// A repeated field whose elements are written behind one tag.
  public static func packed(
    _ number: UInt32, _ name: StaticString, _ type: FieldType, at offset: Int
  ) -> FieldLayout { FieldLayout(number, name, type, .packed, offset) }

  /// A field of a oneof; all fields of one oneof share a slot.
  public static func member(
    _ number: UInt32, _ name: StaticString, _ type: FieldType, at offset: Int
  ) -> FieldLayout { FieldLayout(number, name, type, .member, offset) }

  /// A map field: repeated entries of a key and a value.
  public static func map(
    _ number: UInt32, _ name: StaticString, key: FieldType, value: FieldType, at offset: Int
  ) -> FieldLayout { FieldLayout(map: number, name, key: key, value: value, offset) }
}

/// The type of a field as the .proto file declares it.
public struct FieldType: Sendable {
  enum Kind: Sendable {
    case int32, sint32, sfixed32, uint32, fixed32, int64, sint64, sfixed64, uint64, fixed64
    case float, double, bool, enumeration, string, bytes, message
  }

  let kind: Kind
  let message: (any ProtobufMessage.Type)?

  private init(_ kind: Kind, _ message: (any ProtobufMessage.Type)? = nil) {
    self.kind = kind
    self.message = message
  }

  /// `int32`.
  public static var int32: FieldType { FieldType(.int32) }
  /// `sint32`.
  public static var sint32: FieldType { FieldType(.sint32) }
  /// `sfixed32`.
  public static var sfixed32: FieldType { FieldType(.sfixed32) }
  /// `uint32`.
  public static var uint32: FieldType { FieldType(.uint32) }
  /// `fixed32`.
  public static var fixed32: FieldType { FieldType(.fixed32) }
  /// `int64`.
  public static var int64: FieldType { FieldType(.int64) }
  /// `sint64`.
  public static var sint64: FieldType { FieldType(.sint64) }
  /// `sfixed64`.
  public static var sfixed64: FieldType { FieldType(.sfixed64) }
  /// `uint64`.
  public static var uint64: FieldType { FieldType(.uint64) }
  /// `fixed64`.
  public static var fixed64: FieldType { FieldType(.fixed64) }
  /// `float`.
  public static var float: FieldType { FieldType(.float) }
  /// `double`.
  public static var double: FieldType { FieldType(.double) }
  /// `bool`.
  public static var bool: FieldType { FieldType(.bool) }
  /// An enum, open: every 32-bit number is kept.
  public static var enumeration: FieldType { FieldType(.enumeration) }
  /// `string`, checked to be UTF-8 when it is read.
  public static var string: FieldType { FieldType(.string) }
  /// `bytes`.
  public static var bytes: FieldType { FieldType(.bytes) }

  /// A message. Its own layout is looked up when the first message is coded, so types may refer to each other.
  public static func message(_ type: any ProtobufMessage.Type) -> FieldType { FieldType(.message, type) }
}
