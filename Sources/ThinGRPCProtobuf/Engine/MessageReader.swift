/// Reads the fields of a message out of the C image that libprotobuf-c unpacked. For generated code.
///
/// A value that the received bytes do not have is noted in the arena, and its field is left unset: what throws while it makes a
/// message would have to copy it, field by field.
///
/// Unsafe: an offset must be that of a field of the type read, as the message's `MessageLayout` has it.
@unsafe public struct MessageReader {
  @usableFromInline let image: UnsafeRawPointer
  @usableFromInline let arena: UnsafeMutablePointer<Arena>

  @inlinable init(_ image: UnsafeRawPointer, _ arena: UnsafeMutablePointer<Arena>) {
    unsafe self.image = image
    unsafe self.arena = arena
  }

  /// A field without presence.
  @inlinable public func value<Value: FieldValue>(at offset: Int) -> Value {
    unsafe Value.load(from: place(offset + Value.slotOffset, of: offset))
  }

  /// A text field without presence: not inlined, as texts are many and the same for all messages.
  public func value(at offset: Int) -> String {
    unsafe loadText(place(offset &+ String.slotOffset, of: offset))
  }

  /// A field with presence; nil when it is not set.
  @inlinable public func optional<Value: FieldValue>(at offset: Int) -> Value? {
    guard unsafe image.load(fromByteOffset: offset, as: Int32.self) != 0 else { return nil }
    return unsafe value(at: offset)
  }

  /// A singular message field; nil when it is not set.
  @inlinable public func message<Message: FieldValue>(at offset: Int) -> Message? {
    guard unsafe image.load(fromByteOffset: offset, as: UnsafeRawPointer?.self) != nil else { return nil }
    return unsafe Message.load(from: place(offset, of: offset))
  }

  /// The number of the field of a oneof that is set, or 0.
  @inlinable public func setMember(at offset: Int) -> UInt32 {
    unsafe image.load(fromByteOffset: offset, as: UInt32.self)
  }

  /// The value of the field of a oneof that is set.
  @inlinable public func member<Value: FieldValue>(at offset: Int) -> Value {
    unsafe Value.load(from: place(offset + 8, of: offset))
  }

  /// A repeated field.
  @inlinable public func repeated<Value: FieldValue>(at offset: Int) -> [Value] {
    let (count, elements) = unsafe list(at: offset)
    guard count > 0 else { return [] }
    var values: [Value] = []
    values.reserveCapacity(count)
    for index in 0..<count {
      let element = unsafe elements + index * Value.imageByteCount
      values.append(unsafe Value.load(from: ImagePlace(value: element, offset: offset, reader: self)))
    }
    return values
  }

  /// A repeated field of messages.
  @inlinable public func messages<Message: ProtobufMessage>(at offset: Int) -> [Message] {
    let (count, elements) = unsafe list(at: offset)
    guard count > 0 else { return [] }
    var values: [Message] = []
    values.reserveCapacity(count)
    for index in 0..<count {
      let image = unsafe elements.load(fromByteOffset: index &* 8, as: UnsafeRawPointer.self)
      values.append(unsafe Message(reading: MessageReader(image, arena)))
    }
    return values
  }

  /// A repeated field of numbers: copied in one piece.
  @inlinable public func numbers<Value: NumericFieldValue>(at offset: Int) -> [Value] {
    let (count, elements) = unsafe list(at: offset)
    guard count > 0 else { return [] }
    // Not `init(unsafeUninitializedCapacity:)`, which is not specialized and looks up the array's type each time.
    return unsafe [Value](
      UnsafeBufferPointer(start: elements.assumingMemoryBound(to: Value.self), count: count))
  }

  /// A repeated field of truth values, which are wider in the image: as wide as `Bool.load` has it.
  public func repeated(at offset: Int) -> [Bool] {
    let (count, elements) = unsafe list(at: offset)
    guard count > 0 else { return [] }
    let wide = unsafe elements.assumingMemoryBound(to: UInt64.self)
    var values = [Bool](repeating: false, count: count)
    unsafe values.withUnsafeMutableBufferPointer { values in
      for index in values.indices { unsafe values[index] = wide[index] != 0 }
    }
    return values
  }

  /// A map field: of entries with the same key the last counts; a missing key or value has its default.
  @inlinable public func map<Key: FieldValue, Value: FieldValue>(
    at offset: Int
  ) -> [Key: Value] {
    let (count, elements) = unsafe list(at: offset)
    guard count > 0 else { return [:] }
    // Not `reserveCapacity`, which is not specialized and looks up the dictionary's type each time.
    var values = [Key: Value](minimumCapacity: count)
    for index in 0..<count {
      let entry = unsafe MessageReader(
        elements.load(fromByteOffset: index * 8, as: UnsafeRawPointer.self), arena)
      let key: Key = unsafe entry.value(at: MapEntryImage.keyOffset)
      values[key] = unsafe entry.value(at: MapEntryImage.valueOffset)
    }
    return values
  }

  /// The fields that the message's type does not know.
  @inlinable public var unknownFields: UnknownFields {
    guard unsafe image.load(fromByteOffset: 8, as: UInt32.self) != 0 else { return UnknownFields() }
    return unsafe UnknownFields(in: self)
  }

  @inlinable func list(at offset: Int) -> (count: Int, elements: UnsafeRawPointer) {
    let count = unsafe image.load(fromByteOffset: offset, as: Int.self)
    let elements = unsafe image.load(fromByteOffset: offset + 8, as: UnsafeRawPointer?.self)
    return unsafe (count, elements ?? image)
  }

  @inlinable func place(_ valueOffset: Int, of offset: Int) -> ImagePlace {
    unsafe ImagePlace(value: image + valueOffset, offset: offset, reader: self)
  }
}
