/// One field of a message, as the engine sees it: a row of the message's table.
///
/// Every slot of the C image begins at a multiple of 8 and holds, from its offset: the presence flag and then
/// the value (singular); the count and then the array's pointer (repeated); the number of the set field and then
/// the value (oneof); or just the pointer (singular message).
struct FieldLayout: Sendable {
  /// How often the field can be there, and what is known when it is not.
  enum Shape: String, Sendable {
    /// Without presence: left out when it has its default value.
    case implicit
    /// With presence: there once or not at all.
    case optional
    /// Without it a message is not complete.
    case required
    /// Each element with a tag of its own.
    case repeated
    /// The elements behind one tag.
    case packed
    /// A field of a oneof; all fields of one oneof share a slot.
    case member
  }

  /// What the table leads on to.
  indirect enum Target: Sendable {
    case none
    case message(any ProtobufMessage.Type)
    case enumeration(any ProtobufEnum.Type)
    case entry(key: FieldType, value: FieldType)
  }

  let number: UInt32
  let name: String
  /// The name in JSON where the .proto file sets one of its own.
  let jsonName: String?
  let kind: FieldType.Kind
  let target: Target
  let shape: Shape
  let offset: Int

  init(
    _ shape: Shape, _ type: FieldType, _ name: String, _ number: UInt32, at offset: Int,
    json jsonName: String? = nil
  ) {
    self.number = number
    self.name = name
    self.jsonName = jsonName
    self.kind = type.kind
    self.target = type.target
    self.shape = shape
    self.offset = offset
  }
}
