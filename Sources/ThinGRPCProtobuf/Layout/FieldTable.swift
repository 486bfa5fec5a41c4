/// What a walk over images or bytes knows of a field, without references to count: a row of `MessageTable.fields`.
@safe struct FieldTable {
  let number: UInt32
  let kind: FieldType.Kind
  let shape: FieldLayout.Shape
  /// Whether the field is a map, whose elements are images of entries.
  let isMap: Bool
  /// The slot: the presence flag, the count, or the number of the oneof's field that is set.
  let offset: Int
  /// The value, or the pointer to the elements.
  let valueOffset: Int
  /// The name in the .proto file and the name in JSON, in UTF-8.
  let name: UnsafeBufferPointer<UInt8>
  let jsonName: UnsafeBufferPointer<UInt8>
  /// The names of an enum's values; nil for all other kinds.
  let enumeration: UnsafePointer<EnumTable>?
  /// The type of a message's field; nil for all other kinds.
  let messageType: (any ProtobufMessage.Type)?
  /// The table of the messages in this field. Set when the tables are linked.
  var message: UnsafeMutablePointer<MessageTable>?

  init(_ layout: FieldLayout) {
    number = layout.number
    kind = layout.kind
    shape = layout.shape
    offset = layout.offset
    valueOffset = layout.valueOffset
    unsafe name = makePermanent(layout.name.utf8)
    if let jsonName = layout.jsonName {
      unsafe self.jsonName = makePermanent(jsonName.utf8)
    } else {
      unsafe jsonName = makePermanent(lowerCamelCase(name))
    }
    if case .entry = layout.target { isMap = true } else { isMap = false }
    if case .message(let type) = layout.target { messageType = type } else { messageType = nil }
    if case .enumeration(let type) = layout.target {
      unsafe enumeration = EnumTable.table(of: type)
    } else {
      unsafe enumeration = nil
    }
  }

  var isRepeated: Bool { shape == .repeated || shape == .packed }

  /// Whether the field is written as one part of varints, in which form the engine does not read it.
  var isPackedVarints: Bool { shape == .packed && kind.wireType == .varint }

  /// The name in the .proto file.
  var nameText: String { unsafe String(decoding: name, as: UTF8.self) }

  /// Whether the field of the message in `image` is there. Of a repeated field: whether it has elements.
  func isPresent(in image: UnsafeRawPointer) -> Bool {
    switch shape {
    case .member: unsafe image.load(fromByteOffset: offset, as: UInt32.self) == number
    case .repeated, .packed: unsafe image.load(fromByteOffset: offset, as: Int.self) != 0
    case .implicit, .optional, .required:
      if kind.isMessage {
        unsafe image.load(fromByteOffset: offset, as: UnsafeRawPointer?.self) != nil
      } else {
        unsafe image.load(fromByteOffset: offset, as: Int32.self) != 0
      }
    }
  }
}

/// protoc's rule for names in JSON: underscores go, and the letter behind one becomes a capital.
private func lowerCamelCase(_ name: UnsafeBufferPointer<UInt8>) -> [UInt8] {
  var result: [UInt8] = []
  var isCapital = false
  for index in name.indices {
    let byte = unsafe name[index]
    if byte == UInt8(ascii: "_") {
      isCapital = true
    } else {
      let isLowercase = UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
      result.append(isCapital && isLowercase ? byte - 32 : byte)
      isCapital = false
    }
  }
  return result
}
