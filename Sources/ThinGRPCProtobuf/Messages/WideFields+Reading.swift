// From the C image into the list. What is read was not set before.

extension WideFields {
  /// Reads all fields but those outside of oneofs whose types are generated, which follow by calls of their own, and `endReading` after them.
  ///
  /// The room for all fields may be larger than the C image, so it counts as decoding's memory. There is none where no field is
  /// set, or the memory may not be taken.
  public init(reading layout: MessageLayout, _ reader: MessageReader) {
    storage = nil
    let rows = unsafe layout.table.pointee.listedFields.rows
    let slotCount = unsafe layout.table.pointee.listedFields.slotCount
    let image = unsafe reader.image
    guard let first = unsafe rows.firstIndex(where: { row in unsafe row.isPresent(in: image) }),
      unsafe reader.arena.pointee.charge(FieldStorage.byteCount(ofRoomFor: slotCount))
    else { return }
    let storage = FieldStorage.empty(slotCount)
    let (slots, contents) = unsafe (storage.slots, storage.contents)
    let ownCount = unsafe layout.table.pointee.listedFields.ownCount
    for index in stride(from: first, to: ownCount, by: 1) {
      let row = unsafe rows[index]
      if unsafe !row.isPresent(in: image) { continue }
      let slot = unsafe slots + Int(row.slot)
      let place = UnsafeMutableRawPointer(slot)
      let offset = Int(row.offset)
      let content: SlotContent
      switch row.form {
      case .fourBytes:
        let bits = unsafe image.load(fromByteOffset: offset &+ 4, as: UInt32.self)
        unsafe slot.initialize(to: UInt64(bits))
        content = .bits
      case .eightBytes:
        let bits = unsafe image.load(fromByteOffset: offset &+ 8, as: UInt64.self)
        unsafe slot.initialize(to: bits)
        content = .bits
      case .bool:
        let bits = unsafe image.load(fromByteOffset: offset &+ 8, as: UInt64.self)
        unsafe slot.initialize(to: bits != 0 ? 1 : 0)
        content = .bits
      case .text:
        unsafe place.initializeMemory(as: String.self, to: reader.value(at: offset))
        content = .text
      case .bytes:
        unsafe place.initializeMemory(as: [UInt8].self, to: reader.value(at: offset))
        content = .object
      case .int32s:
        unsafe place.initializeMemory(as: [Int32].self, to: reader.numbers(at: offset))
        content = .object
      case .uint32s:
        unsafe place.initializeMemory(as: [UInt32].self, to: reader.numbers(at: offset))
        content = .object
      case .int64s:
        unsafe place.initializeMemory(as: [Int64].self, to: reader.numbers(at: offset))
        content = .object
      case .uint64s:
        unsafe place.initializeMemory(as: [UInt64].self, to: reader.numbers(at: offset))
        content = .object
      case .floats:
        unsafe place.initializeMemory(as: [Float].self, to: reader.numbers(at: offset))
        content = .object
      case .doubles:
        unsafe place.initializeMemory(as: [Double].self, to: reader.numbers(at: offset))
        content = .object
      case .bools:
        unsafe place.initializeMemory(as: [Bool].self, to: reader.repeated(at: offset))
        content = .object
      case .texts:
        unsafe place.initializeMemory(as: [String].self, to: reader.repeated(at: offset))
        content = .object
      case .bytesList:
        unsafe place.initializeMemory(as: [[UInt8]].self, to: reader.repeated(at: offset))
        content = .object
      case .map, .generated, .oneof: continue
      }
      unsafe contents[Int(row.slot)] = content.rawValue
    }
    for index in unsafe layout.table.pointee.listedFields.oneofs {
      let number = unsafe reader.setMember(at: Int(rows[index].offset))
      if number != 0 { unsafe storage.read(oneof: rows[index], number, of: layout.table, reader) }
    }
    self.storage = storage
  }

  /// Gives all room back where decoding has failed, which takes no more memory then.
  public mutating func endReading(_ reader: MessageReader) {
    if unsafe reader.arena.pointee.hasFailed { storage = nil }
  }

  /// Where a reference is to be put at once that is read; nil where there is no room for it.
  @usableFromInline func placeToRead(_ index: Int) -> UnsafeMutableRawPointer? {
    // Nobody else has what is being read.
    guard let storage else { return nil }
    unsafe storage.contents[index] = SlotContent.object.rawValue
    return unsafe UnsafeMutableRawPointer(storage.slots + index)
  }

  /// Reads a message.
  @inline(never) @inlinable public mutating func read<Message: ProtobufMessage>(
    message index: Int, _ type: Message.Type, _ reader: MessageReader, at offset: Int
  ) {
    guard unsafe reader.hasWord(at: offset), let place = unsafe placeToRead(index) else { return }
    let box = FieldBox(unsafe Message.load(from: reader.place(offset, of: offset)))
    unsafe place.initializeMemory(as: FieldBox<Message>.self, to: box)
  }

  /// Reads a list of messages.
  @inline(never) @inlinable public mutating func read<Message: ProtobufMessage>(
    messages index: Int, _ type: [Message].Type, _ reader: MessageReader, at offset: Int
  ) {
    guard unsafe reader.hasWord(at: offset), let place = unsafe placeToRead(index) else { return }
    unsafe place.initializeMemory(as: [Message].self, to: reader.messages(at: offset))
  }

  /// Reads a list of enums' values.
  @inline(never) @inlinable public mutating func read<Value: ProtobufEnum>(
    repeated index: Int, _ type: [Value].Type, _ reader: MessageReader, at offset: Int
  ) {
    guard unsafe reader.hasWord(at: offset), let place = unsafe placeToRead(index) else { return }
    unsafe place.initializeMemory(as: [Value].self, to: reader.repeated(at: offset))
  }

  /// Reads a map.
  @inline(never) @inlinable public mutating func read<Key: FieldValue, Value: FieldValue>(
    map index: Int, _ type: [Key: Value].Type, _ reader: MessageReader, at offset: Int
  ) {
    guard unsafe reader.hasWord(at: offset), let place = unsafe placeToRead(index) else { return }
    unsafe place.initializeMemory(as: [Key: Value].self, to: reader.map(at: offset))
  }
}

extension MessageReader {
  /// Whether the count of a list or the pointer of a message is not 0.
  @inline(__always) @inlinable func hasWord(at offset: Int) -> Bool {
    unsafe image.load(fromByteOffset: offset, as: Int.self) != 0
  }
}
