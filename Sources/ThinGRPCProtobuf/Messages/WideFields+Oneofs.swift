// Oneofs. Each has three slots: the number of the field that is set, and behind it that field's value, which may be a text. So what
// takes the fields apart is a number, and no code for each pair of them.

extension WideFields {
  /// The number of the field of a oneof that is set, or 0.
  public func member(at index: Int) -> UInt32 {
    unsafe slot(index).map { slot in unsafe UInt32(truncatingIfNeeded: slot.pointee) } ?? 0
  }

  /// Unsets a oneof.
  public mutating func clear(oneof index: Int) {
    clear(index + 1)
    clear(index)
  }

  /// A text of a oneof, or what it is when another field or none is set.
  public func text(of member: UInt32, at index: Int, or unset: String) -> String {
    self.member(at: index) == member ? text(index + 1, or: unset) : unset
  }

  /// Sets a oneof to a text.
  public mutating func set(text: String, of member: UInt32, at index: Int) {
    set(bits: UInt64(member), at: index)
    set(text: text, at: index + 1)
  }

  /// A number or truth value of a oneof, or what it is when another field or none is set.
  @inline(never) @inlinable public func number<Number: FieldValue & BitwiseCopyable>(
    of member: UInt32, at index: Int, or unset: Number
  ) -> Number { self.member(at: index) == member ? number(index + 1, or: unset) : unset }

  /// Sets a oneof to a number or truth value, of at most 8 bytes.
  @inline(never) @inlinable public mutating func set<Number: FieldValue & BitwiseCopyable>(
    number: Number, of member: UInt32, at index: Int
  ) {
    set(bits: UInt64(member), at: index)
    set(number: number, at: index + 1)
  }

  /// An enum's value of a oneof, or what it is when another field or none is set.
  @inline(never) @inlinable public func enumeration<Value: ProtobufEnum>(
    of member: UInt32, at index: Int, or unset: Value
  ) -> Value { self.member(at: index) == member ? enumeration(index + 1, or: unset) : unset }

  /// Sets a oneof to an enum's value.
  @inline(never) @inlinable public mutating func set<Value: ProtobufEnum>(
    enumeration: Value, of member: UInt32, at index: Int
  ) {
    set(bits: UInt64(member), at: index)
    set(enumeration: enumeration, at: index + 1)
  }

  /// Bytes of a oneof, or what they are when another field or none is set.
  public func bytes(of member: UInt32, at index: Int, or unset: [UInt8]) -> [UInt8] {
    self.member(at: index) == member ? list(index + 1, or: unset) : unset
  }

  /// Sets a oneof to bytes.
  public mutating func set(bytes: [UInt8], of member: UInt32, at index: Int) {
    set(bits: UInt64(member), at: index)
    set(list: bytes, at: index + 1)
  }

  /// A message of a oneof, or an empty one when another field or none is set.
  @inline(never) @inlinable public func message<Message: ProtobufMessage>(
    of member: UInt32, at index: Int
  ) -> Message { self.member(at: index) == member ? message(index + 1) : Message() }

  /// Sets a oneof to a message.
  @inline(never) @inlinable public mutating func set<Message: ProtobufMessage>(
    message: Message, of member: UInt32, at index: Int
  ) {
    set(bits: UInt64(member), at: index)
    // Not into a box that is there, which may be that of another type.
    unsafe objectPlace(toSet: index + 1).initializeMemory(
      as: FieldBox<Message>.self, to: FieldBox(message))
  }
}

// Reading and writing, by the layout alone.
extension FieldStorage {
  /// Reads the oneof of a row whose field `number` is set.
  func read(
    oneof row: ListedFields.Row, _ number: UInt32, of table: UnsafeMutablePointer<MessageTable>,
    _ reader: MessageReader
  ) {
    guard let field = unsafe table.pointee.field(numbered: number) else { return }
    let image = unsafe reader.place(Int(row.offset) + 8, of: Int(row.offset))
    let place = unsafe UnsafeMutableRawPointer(slots + (Int(row.slot) + 1))
    let content: SlotContent
    switch unsafe field.pointee.kind {
    case .message, .group:
      guard let type = unsafe field.pointee.messageType else { return }
      unsafe place.initializeMemory(as: AnyObject.self, to: box(type, readFrom: image))
      content = .object
    case .string:
      unsafe place.initializeMemory(as: String.self, to: String.load(from: image))
      content = .text
    case .bytes:
      unsafe place.initializeMemory(as: [UInt8].self, to: [UInt8].load(from: image))
      content = .object
    case .bool:
      unsafe place.initializeMemory(as: UInt64.self, to: Bool.load(from: image) ? 1 : 0)
      content = .bits
    case .int64, .sint64, .sfixed64, .uint64, .fixed64, .double:
      unsafe place.initializeMemory(as: UInt64.self, to: UInt64.load(from: image))
      content = .bits
    case .int32, .sint32, .sfixed32, .uint32, .fixed32, .float, .enumeration:
      unsafe place.initializeMemory(as: UInt64.self, to: UInt64(UInt32.load(from: image)))
      content = .bits
    }
    unsafe slots[Int(row.slot)] = UInt64(number)
    unsafe contents[Int(row.slot)] = SlotContent.bits.rawValue
    unsafe contents[Int(row.slot) + 1] = content.rawValue
  }

  /// Writes the oneof of a row, of which a field is set.
  func write(
    oneof row: ListedFields.Row, of table: UnsafeMutablePointer<MessageTable>, to writer: MessageWriter
  ) {
    let number = unsafe UInt32(truncatingIfNeeded: slots[Int(row.slot)])
    guard let field = unsafe table.pointee.field(numbered: number) else { return }
    unsafe writer.image.storeBytes(of: number, toByteOffset: Int(row.offset), as: UInt32.self)
    let image = unsafe writer.image + (Int(row.offset) + 8)
    let place = unsafe UnsafeMutableRawPointer(slots + (Int(row.slot) + 1))
    switch unsafe field.pointee.kind {
    case .message, .group:
      guard let type = unsafe field.pointee.messageType else { return }
      unsafe store(type, place, to: image, writer)
    case .string: unsafe place.assumingMemoryBound(to: String.self).pointee.store(to: image, writer)
    case .bytes: unsafe lend(place, as: [UInt8].self) { bytes in unsafe bytes.store(to: image, writer) }
    case .int64, .sint64, .sfixed64, .uint64, .fixed64, .double, .bool:
      unsafe place.load(as: UInt64.self).store(to: image, writer)
    case .int32, .sint32, .sfixed32, .uint32, .fixed32, .float, .enumeration:
      unsafe UInt32(truncatingIfNeeded: place.load(as: UInt64.self)).store(to: image, writer)
    }
  }
}

/// A message in a box.
private func box<Message: ProtobufMessage>(_ type: Message.Type, readFrom image: ImagePlace) -> AnyObject {
  FieldBox(unsafe Message.load(from: image))
}

/// Writes a message out of its box.
private func store<Message: ProtobufMessage>(
  _ type: Message.Type, _ place: UnsafeMutableRawPointer, to image: UnsafeMutableRawPointer,
  _ writer: MessageWriter
) {
  let box = unsafe place.assumingMemoryBound(to: FieldBox<Message>.self)
  unsafe box.pointee.place.pointee.store(to: image, writer)
}
