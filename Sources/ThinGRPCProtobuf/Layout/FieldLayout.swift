/// One field of a message, as the engine sees it: a row of the table that generated code hands over.
///
/// Every slot of the C image begins at a multiple of 8 and holds, from its offset: the presence flag and then
/// the value (singular); the count and then the array's pointer (repeated); the number of the set field and then
/// the value (oneof); or just the pointer (singular message).
public struct FieldLayout: Sendable {
  /// How often the field can be there, and what is known when it is not.
  enum Shape: Sendable { case implicit, optional, required, repeated, packed, member }

  /// What the table leads on to.
  indirect enum Target: Sendable {
    case none
    case message(any ProtobufMessage.Type)
    case enumeration(any ProtobufEnum.Type)
    case entry(key: FieldType, value: FieldType)
  }

  let number: UInt32
  let name: StaticString
  /// The name in JSON where the .proto file sets one of its own.
  let jsonName: StaticString?
  let kind: FieldType.Kind
  let target: Target
  let shape: Shape
  let offset: Int

  private init(
    _ number: UInt32, _ name: StaticString, _ type: FieldType, _ shape: Shape, _ offset: Int,
    _ jsonName: StaticString?
  ) {
    self.number = number
    self.name = name
    self.jsonName = jsonName
    self.kind = type.kind
    self.target = type.target
    self.shape = shape
    self.offset = offset
  }

  /// A field without presence: left out when it has its default value.
  public static func implicit(
    _ number: UInt32, _ name: StaticString, _ type: FieldType, at offset: Int, json: StaticString? = nil
  ) -> FieldLayout { FieldLayout(number, name, type, .implicit, offset, json) }

  /// A field with presence, that is there once or not at all.
  public static func optional(
    _ number: UInt32, _ name: StaticString, _ type: FieldType, at offset: Int, json: StaticString? = nil
  ) -> FieldLayout { FieldLayout(number, name, type, .optional, offset, json) }

  /// A field without which a message is not complete.
  public static func required(
    _ number: UInt32, _ name: StaticString, _ type: FieldType, at offset: Int, json: StaticString? = nil
  ) -> FieldLayout { FieldLayout(number, name, type, .required, offset, json) }

  /// A repeated field, each element with a tag of its own.
  public static func repeated(
    _ number: UInt32, _ name: StaticString, _ type: FieldType, at offset: Int, json: StaticString? = nil
  ) -> FieldLayout { FieldLayout(number, name, type, .repeated, offset, json) }

  /// A repeated field whose elements are written behind one tag.
  public static func packed(
    _ number: UInt32, _ name: StaticString, _ type: FieldType, at offset: Int, json: StaticString? = nil
  ) -> FieldLayout { FieldLayout(number, name, type, .packed, offset, json) }

  /// A field of a oneof; all fields of one oneof share a slot.
  public static func member(
    _ number: UInt32, _ name: StaticString, _ type: FieldType, at offset: Int, json: StaticString? = nil
  ) -> FieldLayout { FieldLayout(number, name, type, .member, offset, json) }

  /// A map field: repeated entries of a key and a value.
  public static func map(
    _ number: UInt32, _ name: StaticString, key: FieldType, value: FieldType, at offset: Int,
    json: StaticString? = nil
  ) -> FieldLayout {
    FieldLayout(number, name, FieldType(.message, .entry(key: key, value: value)), .repeated, offset, json)
  }
}
