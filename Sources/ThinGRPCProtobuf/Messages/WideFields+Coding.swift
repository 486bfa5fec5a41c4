// Between the list and the C image, a field at a time. What is read was not set before.

extension WideFields {
  /// Reads a text.
  public mutating func read(text index: Int, _ reader: MessageReader, at offset: Int) {
    if let text: String = unsafe reader.optional(at: offset) { set(.text(text), at: index) }
  }

  /// Writes a text without presence.
  public func write(text index: Int, _ writer: MessageWriter, at offset: Int) {
    unsafe writer.write(text(index, or: ""), at: offset)
  }

  /// Writes a text with presence.
  public func write(optionalText index: Int, _ writer: MessageWriter, at offset: Int) {
    unsafe writer.write(optional: text(index), at: offset)
  }

  /// Reads a number or truth value.
  @inline(never) @inlinable public mutating func read<Number: FieldValue & BitwiseCopyable>(
    number index: Int, _ type: Number.Type, _ reader: MessageReader, at offset: Int
  ) {
    guard let number: Number = unsafe reader.optional(at: offset) else { return }
    var bits: UInt64 = 0
    unsafe withUnsafeMutableBytes(of: &bits) { unsafe $0.storeBytes(of: number, as: Number.self) }
    set(.bits(bits.littleEndian), at: index)
  }

  /// Writes a number or truth value without presence.
  @inline(never) @inlinable public func write<Number: FieldValue & BitwiseCopyable>(
    number index: Int, _ type: Number.Type, _ writer: MessageWriter, at offset: Int
  ) {
    unsafe writer.write(loadedNumber(index) ?? Number.unset, at: offset)
  }

  /// Writes a number or truth value with presence.
  @inline(never) @inlinable public func write<Number: FieldValue & BitwiseCopyable>(
    optionalNumber index: Int, _ type: Number.Type, _ writer: MessageWriter, at offset: Int
  ) {
    unsafe writer.write(optional: loadedNumber(index) as Number?, at: offset)
  }

  /// Reads an enum's value.
  @inline(never) @inlinable public mutating func read<Value: ProtobufEnum>(
    enumeration index: Int, _ type: Value.Type, _ reader: MessageReader, at offset: Int
  ) {
    guard let value: Value = unsafe reader.optional(at: offset) else { return }
    set(.bits(UInt64(UInt32(bitPattern: value.rawValue))), at: index)
  }

  /// Writes an enum's value without presence.
  @inline(never) @inlinable public func write<Value: ProtobufEnum>(
    enumeration index: Int, _ type: Value.Type, _ writer: MessageWriter, at offset: Int
  ) {
    unsafe writer.write(loadedEnumeration(index) ?? Value(rawValue: 0), at: offset)
  }

  /// Writes an enum's value with presence.
  @inline(never) @inlinable public func write<Value: ProtobufEnum>(
    optionalEnumeration index: Int, _ type: Value.Type, _ writer: MessageWriter, at offset: Int
  ) {
    unsafe writer.write(optional: loadedEnumeration(index) as Value?, at: offset)
  }

  /// Reads a message.
  @inline(never) @inlinable public mutating func read<Message: ProtobufMessage>(
    message index: Int, _ type: Message.Type, _ reader: MessageReader, at offset: Int
  ) {
    if let message: Message = unsafe reader.message(at: offset) { set(.box(FieldBox(message)), at: index) }
  }

  /// Writes a message.
  @inline(never) @inlinable public func write<Message: ProtobufMessage>(
    message index: Int, _ type: Message.Type, _ writer: MessageWriter, at offset: Int
  ) {
    unsafe writer.write(optional: loadedValue(index) as Message?, at: offset)
  }

  /// Reads bytes.
  public mutating func read(bytes index: Int, _ reader: MessageReader, at offset: Int) {
    if let bytes: [UInt8] = unsafe reader.optional(at: offset) { set(.box(FieldBox(bytes)), at: index) }
  }

  /// Writes bytes without presence.
  public func write(bytes index: Int, _ writer: MessageWriter, at offset: Int) {
    unsafe writer.write(loadedValue(index) ?? [] as [UInt8], at: offset)
  }

  /// Writes bytes with presence.
  public func write(optionalBytes index: Int, _ writer: MessageWriter, at offset: Int) {
    unsafe writer.write(optional: loadedValue(index) as [UInt8]?, at: offset)
  }

  /// Keeps a list or map that was read.
  @inline(never) @inlinable public mutating func read<Values: Collection & Sendable>(
    list: Values, at index: Int
  ) {
    if !list.isEmpty { set(.box(FieldBox(list)), at: index) }
  }
}
