/// Writes the fields of a message into the C image that libprotobuf-c packs. For generated code.
///
/// The image is not zeroed before: what is not set is written too, as such. What has no encoding is noted in the arena, and makes
/// the encoding fail in the end: code that may throw after each field would be half as long again.
///
/// Unsafe: an offset must be that of a field of the type written, as the message's `MessageLayout` has it.
@unsafe public struct MessageWriter {
  @usableFromInline let image: UnsafeMutableRawPointer
  @usableFromInline let arena: UnsafeMutablePointer<Arena>
  /// How many messages are being written inside each other.
  @usableFromInline let depth: Int

  /// The depth of a message that may be nested at will, as one that is only compared.
  static var anyDepth: Int { .min }

  @inlinable init(
    _ image: UnsafeMutableRawPointer, _ arena: UnsafeMutablePointer<Arena>, depth: Int = 0
  ) {
    unsafe self.image = image
    unsafe self.arena = arena
    unsafe self.depth = depth
  }

  /// A field without presence: left out when it has its default value.
  @inlinable public func write<Value: FieldValue>(
    _ value: Value, at offset: Int
  ) {
    if value.isUnset {
      unsafe writeAbsence(at: offset)
    } else {
      unsafe write(present: value, at: offset)
    }
  }

  /// A text field without presence: not inlined, as texts are many and the same for all messages.
  public func write(_ value: String, at offset: Int) {
    if value.isEmpty { return unsafe writeAbsence(at: offset) }
    unsafe image.storeBytes(of: 1, toByteOffset: offset, as: Int32.self)
    unsafe storeText(value, to: image + offset + String.slotOffset, arena)
  }

  /// A field with presence, or a singular message field.
  @inlinable public func write<Value: FieldValue>(
    optional value: Value?, at offset: Int
  ) {
    if let value {
      unsafe write(present: value, at: offset)
    } else {
      unsafe writeAbsence(at: offset)
    }
  }

  /// The field of a oneof that is set.
  @inlinable public func write<Value: FieldValue>(
    member value: Value, _ number: UInt32, at offset: Int
  ) {
    unsafe image.storeBytes(of: number, toByteOffset: offset, as: UInt32.self)
    unsafe value.store(to: image + offset + 8, self)
  }

  /// A oneof of which no field is set.
  @inlinable public func writeNoMember(at offset: Int) {
    unsafe image.storeBytes(of: 0, toByteOffset: offset, as: UInt32.self)
  }

  /// A repeated field.
  @inlinable public func write<Value: FieldValue>(
    repeated values: [Value], at offset: Int
  ) {
    guard let elements = unsafe list(values.count, of: Value.imageByteCount, at: offset) else { return }
    for index in values.indices {
      unsafe values[index].store(to: elements + index * Value.imageByteCount, self)
    }
  }

  /// A repeated field of messages.
  @inlinable public func write<Message: ProtobufMessage>(messages values: [Message], at offset: Int) {
    guard let images = unsafe list(values.count, of: 8, at: offset) else { return }
    let layout = Message.layout
    unsafe arena.pointee.packedByteBound &+= values.count * layout.packedByteBound
    if unsafe depth >= DecodingOptions.defaultMaximumDepth { return unsafe arena.pointee.failForDepth() }
    for index in values.indices {
      let image = unsafe newImage(layout.byteCount, layout.imageHead, arena)
      unsafe values[index].write(to: MessageWriter(image, arena, depth: depth &+ 1))
      unsafe images.storeBytes(of: image, toByteOffset: index &* 8, as: UnsafeMutableRawPointer.self)
    }
  }

  /// A repeated field of text.
  public func write(repeated values: [String], at offset: Int) {
    guard let elements = unsafe list(values.count, of: String.imageByteCount, at: offset) else { return }
    unsafe values.withUnsafeBytes { strings in
      for index in values.indices {
        // Their words alone: each string would be counted up and down.
        let (low, high) = unsafe strings.load(fromByteOffset: index * 16, as: (UInt64, UInt64).self)
        let element = unsafe elements + index * String.imageByteCount
        if unsafe !storeText(TextWords(low: low, high: high), to: element, arena) {
          unsafe storeOtherText(values[index], to: element, arena)
        }
      }
    }
  }

  /// A repeated field of numbers: copied in one piece.
  @inlinable public func write<Value: NumericFieldValue>(
    numbers values: [Value], at offset: Int
  ) {
    guard let elements = unsafe list(values.count, of: Value.imageByteCount, at: offset) else { return }
    unsafe values.withUnsafeBytes { bytes in
      unsafe UnsafeMutableRawBufferPointer(start: elements, count: bytes.count).copyMemory(from: bytes)
    }
  }

  /// A map field.
  @inlinable public func write<Key: FieldValue, Value: FieldValue>(
    map values: [Key: Value], at offset: Int
  ) {
    if values.isEmpty { return unsafe writeAbsence(at: offset) }
    unsafe write(map: values, at: offset, of: mapEntryDescriptor(of: image, at: offset))
  }

  /// The same with the descriptor of the map's entries.
  @inlinable func write<Key: FieldValue, Value: FieldValue>(
    map values: [Key: Value], at offset: Int, of entryDescriptor: UnsafeRawPointer
  ) {
    guard let elements = unsafe list(values.count, of: 8, at: offset) else { return }
    unsafe arena.pointee.packedByteBound &+= values.count * 2 * PackedBound.field
    var index = 0
    for (key, value) in values {
      let entry = unsafe newImage(MapEntryImage.byteCount, entryDescriptor, arena)
      let writer = unsafe MessageWriter(entry, arena, depth: depth)
      unsafe writer.write(present: key, at: MapEntryImage.keyOffset)
      unsafe writer.write(present: value, at: MapEntryImage.valueOffset)
      unsafe elements.storeBytes(of: entry, toByteOffset: index * 8, as: UnsafeMutableRawPointer.self)
      index += 1
    }
  }

  /// The fields that the message's type does not know, as they were received.
  @inlinable public func write(_ unknownFields: UnknownFields) {
    if !unknownFields.isEmpty { unsafe write(raw: unknownFields) }
  }

  /// The image of `message`, in the same arena.
  @inlinable func image<Message: ProtobufMessage>(
    of message: Message
  ) -> UnsafeMutableRawPointer {
    unsafe Self.image(of: message, arena, depth: depth)
  }

  /// - Parameter depth: how many messages are being written around this one; `anyDepth` for what is not to be packed.
  @inlinable static func image<Message: ProtobufMessage>(
    of message: Message, _ arena: UnsafeMutablePointer<Arena>, depth: Int = 0
  ) -> UnsafeMutableRawPointer {
    let layout = Message.layout
    unsafe arena.pointee.packedByteBound &+= layout.packedByteBound
    let writer = unsafe MessageWriter(
      newImage(layout.byteCount, layout.imageHead, arena), arena, depth: depth &+ 1)
    // Values can be nested at will; without this check a deep one would overflow the stack here or in the core.
    if depth >= DecodingOptions.defaultMaximumDepth {
      unsafe arena.pointee.failForDepth()
      return unsafe writer.image
    }
    unsafe message.write(to: writer)
    return unsafe writer.image
  }

  @inlinable func write<Value: FieldValue>(
    present value: Value, at offset: Int
  ) {
    if Value.slotOffset != 0 { unsafe image.storeBytes(of: 1, toByteOffset: offset, as: Int32.self) }
    unsafe value.store(to: image + offset + Value.slotOffset, self)
  }

  /// The flag of a value, the pointer of a message or the count of a list: 0 in all of them.
  @inlinable func writeAbsence(at offset: Int) {
    unsafe image.storeBytes(of: 0, toByteOffset: offset, as: Int.self)
  }

  /// Room for the elements of a repeated field; nil where there are none, or too many for an encoding.
  @inlinable func list(
    _ count: Int, of elementByteCount: Int, at offset: Int
  ) -> UnsafeMutableRawPointer? {
    if count == 0 {
      unsafe writeAbsence(at: offset)
      return nil
    }
    // protobuf-c counts elements in 32 bits; what is only compared (`anyDepth`) it does not see.
    if unsafe depth >= 0 && count > Int32.max {
      unsafe arena.pointee.failForSize()
      return nil
    }
    let elements = unsafe arena.pointee.allocate(count * elementByteCount)
    unsafe arena.pointee.packedByteBound &+= count * PackedBound.field
    unsafe image.storeBytes(of: count, toByteOffset: offset, as: Int.self)
    unsafe image.storeBytes(of: elements, toByteOffset: offset + 8, as: UnsafeMutableRawPointer.self)
    return unsafe elements
  }

  /// Stores the length and the address of `bytes`, which must lie in memory that the message being written holds.
  @inlinable func store(inPlace bytes: UnsafeRawBufferPointer, to place: UnsafeMutableRawPointer) {
    unsafe arena.pointee.contentByteCount &+= bytes.count
    unsafe place.storeBytes(of: bytes.count, as: Int.self)
    unsafe place.storeBytes(of: bytes.baseAddress, toByteOffset: 8, as: UnsafeRawPointer?.self)
  }
}

/// Upper bounds of what is packed, in bytes.
@usableFromInline enum PackedBound {
  /// A field or an element without its text or bytes: a tag, and the longest number or a length.
  @usableFromInline static var field: Int { 5 + 10 }
}

/// An image that begins with its descriptor, as protobuf-c wants it, and has no unknown fields yet.
@inline(__always)
@inlinable func newImage(
  _ byteCount: Int, _ descriptor: UnsafeRawPointer, _ arena: UnsafeMutablePointer<Arena>
) -> UnsafeMutableRawPointer {
  let image = unsafe arena.pointee.allocate(byteCount)
  unsafe image.storeBytes(of: descriptor, as: UnsafeRawPointer.self)
  unsafe image.storeBytes(of: 0, toByteOffset: 8, as: Int.self)
  return unsafe image
}
