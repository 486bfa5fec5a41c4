public import ThinGRPC

/// A field that a .proto file adds to a message of another (`extend`). Generated code has one for each.
///
/// A message keeps what it has for extensions among its unknown fields, encoded, whether the program knows them or not. A
/// value is decoded when it is asked for, and encoded when it is set.
@safe public struct MessageExtension<Message: ProtobufMessage, Value: Hashable & Sendable>: Sendable {
  /// The extension's full name in the .proto file.
  public let name: String

  /// The number of the field.
  public var number: Int { Int(fieldNumber) }

  let fieldNumber: UInt32
  /// A message that has nothing but this field.
  let layout: MessageLayout
  /// The value when there is none.
  let unset: Value
  let read: @Sendable (MessageReader) -> Value?
  let write: @Sendable (Value, MessageWriter) -> Void

  private init(
    _ name: StaticString, _ field: FieldLayout, unset: Value,
    read: @escaping @Sendable (MessageReader) -> Value?,
    write: @escaping @Sendable (Value, MessageWriter) -> Void
  ) {
    self.name = "\(name)"
    fieldNumber = field.number
    layout = MessageLayout(fullName: Message.protoTypeName, byteCount: Self.offset + 24, [field])
    self.unset = unset
    unsafe self.read = read
    unsafe self.write = write
  }

  /// Where the field lies: behind `ProtobufCMessage`.
  private static var offset: Int { 24 }

  /// A field that is there once or not at all. For generated code.
  public static func optional(
    _ number: UInt32, _ name: StaticString, _ type: FieldType, default unset: Value
  ) -> MessageExtension where Value: FieldValue {
    unsafe MessageExtension(
      name, FieldLayout(.optional, type, "\(name)", number, at: offset), unset: unset,
      read: { reader in
        // A message has no flag: its pointer says whether it is there.
        if Value.slotOffset == 0 {
          unsafe reader.message(at: offset)
        } else {
          unsafe reader.optional(at: offset)
        }
      },
      write: { value, writer in unsafe writer.write(optional: value, at: offset) })
  }

  /// A repeated field, each element with a tag of its own. For generated code.
  public static func repeated<Element: FieldValue>(
    _ number: UInt32, _ name: StaticString, _ type: FieldType
  ) -> MessageExtension where Value == [Element] {
    list(name, FieldLayout(.repeated, type, "\(name)", number, at: offset))
  }

  /// A repeated field whose elements are written behind one tag. For generated code.
  public static func packed<Element: FieldValue>(
    _ number: UInt32, _ name: StaticString, _ type: FieldType
  ) -> MessageExtension where Value == [Element] {
    list(name, FieldLayout(.packed, type, "\(name)", number, at: offset))
  }

  private static func list<Element: FieldValue>(
    _ name: StaticString, _ field: FieldLayout
  ) -> MessageExtension where Value == [Element] {
    unsafe MessageExtension(
      name, field, unset: [],
      read: { reader in
        let values: [Element] = unsafe reader.repeated(at: offset)
        return values.isEmpty ? nil : values
      },
      write: { values, writer in unsafe writer.write(repeated: values, at: offset) })
  }
}

extension ProtobufMessage {
  /// The value of an extension; its default where it is not set, and where what was received is no value of it.
  ///
  /// Setting traps where the value cannot be encoded, because it is larger than 2 GiB or nested deeper than 100 levels.
  public subscript<Value>(_ field: MessageExtension<Self, Value>) -> Value {
    get { (try? value(of: field)) ?? field.unset }
    set {
      do throws(MessageCodingError) {
        try set(newValue, for: field)
      } catch {
        fatalError("\(field.name) cannot be set: \(error)")
      }
    }
  }

  /// Whether the message has something for an extension.
  public func has<Value>(_ field: MessageExtension<Self, Value>) -> Bool {
    !unknownFields.bytes(ofField: field.fieldNumber).isEmpty
  }

  /// Unsets an extension.
  public mutating func clear<Value>(_ field: MessageExtension<Self, Value>) {
    unknownFields = unknownFields.replacing(field.fieldNumber, by: [])
  }

  /// The value of an extension; nil when it is not set.
  ///
  /// - Throws: `MessageCodingError` when what was received is no value of it.
  public func value<Value>(
    of field: MessageExtension<Self, Value>
  ) throws(MessageCodingError) -> Value? {
    let bytes = unknownFields.bytes(ofField: field.fieldNumber)
    guard !bytes.isEmpty else { return nil }
    let reader = try unsafe unpack(bytes.span.bytes, field.layout, DecodingOptions())
    let value = unsafe field.read(reader)
    if let failure = unsafe Arena.close(reader.arena) { throw failure }
    return value
  }

  /// Sets an extension.
  ///
  /// - Throws: `MessageCodingError` when the value is larger than 2 GiB, nested deeper than 100 levels, or lacks a field that is
  ///   required.
  public mutating func set<Value>(
    _ value: Value, for field: MessageExtension<Self, Value>
  ) throws(MessageCodingError) {
    let arena = unsafe Arena.open(budget: .max)
    defer {
      unsafe Arena.close(arena)
      // The image refers to the strings and bytes of the value.
      withExtendedLifetime(value) {}
    }
    let layout = field.layout
    let image = unsafe newImage(layout.byteCount, layout.imageHead, arena)
    unsafe arena.pointee.packedByteBound += layout.packedByteBound
    unsafe field.write(value, MessageWriter(image, arena))
    let bytes = try unsafe packedArray(image, EncodingOptions(), arena)
    unknownFields = unknownFields.replacing(field.fieldNumber, by: bytes)
  }
}
