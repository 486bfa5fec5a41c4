// From the list into the C image. What is not set is written too, as such.

extension WideFields {
  /// Writes all fields but those outside of oneofs whose types are generated, which have calls of their own.
  public func write(_ layout: MessageLayout, to writer: MessageWriter) {
    let rows = unsafe layout.table.pointee.listedFields.rows
    guard let storage else {
      for index in rows.indices { unsafe writer.writeAbsence(at: Int(rows[index].offset)) }
      return
    }
    let (slots, contents, slotCount) = unsafe (storage.slots, storage.contents, storage.slotCount)
    for rowIndex in rows.indices {
      let row = unsafe rows[rowIndex]
      let offset = Int(row.offset)
      let index = Int(row.slot)
      guard index < slotCount, unsafe contents[index] != 0 else {
        // The flag of a value, the count of a list, the pointer of a message or the number in a oneof.
        unsafe writer.writeAbsence(at: offset)
        continue
      }
      let slot = unsafe slots + index
      let place = UnsafeRawPointer(slot)
      switch row.form {
      case .fourBytes:
        let bits = unsafe UInt32(truncatingIfNeeded: slot.pointee)
        // The flag and the value behind it.
        let isWritten = row.hasPresence || bits != 0
        unsafe writer.image.storeBytes(of: isWritten ? 1 : 0, toByteOffset: offset, as: Int32.self)
        unsafe writer.image.storeBytes(of: bits, toByteOffset: offset &+ 4, as: UInt32.self)
      case .eightBytes, .bool:
        let bits = unsafe slot.pointee
        let isWritten = row.hasPresence || bits != 0
        unsafe writer.image.storeBytes(of: isWritten ? 1 : 0, toByteOffset: offset, as: Int.self)
        unsafe writer.image.storeBytes(of: bits, toByteOffset: offset &+ 8, as: UInt64.self)
      case .text:
        let text = unsafe place.assumingMemoryBound(to: String.self)
        if unsafe !row.hasPresence && text.pointee.isEmpty {
          unsafe writer.writeAbsence(at: offset)
        } else {
          unsafe writer.image.storeBytes(of: 1, toByteOffset: offset, as: Int32.self)
          let target = unsafe writer.image + (offset &+ String.slotOffset)
          // Its words alone: each text would be counted up and down.
          let words = unsafe TextWords(low: slot.pointee, high: slot[1])
          if unsafe !storeText(words, to: target, writer.arena) {
            unsafe storeOtherText(text.pointee, to: target, writer.arena)
          }
        }
      case .bytes:
        unsafe lend(place, as: [UInt8].self) { bytes in
          if !row.hasPresence && bytes.isEmpty {
            unsafe writer.writeAbsence(at: offset)
          } else {
            unsafe writer.write(present: bytes, at: offset)
          }
        }
      case .int32s:
        unsafe lend(place, as: [Int32].self) { unsafe writer.write(numbers: $0, at: offset) }
      case .uint32s:
        unsafe lend(place, as: [UInt32].self) { unsafe writer.write(numbers: $0, at: offset) }
      case .int64s:
        unsafe lend(place, as: [Int64].self) { unsafe writer.write(numbers: $0, at: offset) }
      case .uint64s:
        unsafe lend(place, as: [UInt64].self) { unsafe writer.write(numbers: $0, at: offset) }
      case .floats:
        unsafe lend(place, as: [Float].self) { unsafe writer.write(numbers: $0, at: offset) }
      case .doubles:
        unsafe lend(place, as: [Double].self) { unsafe writer.write(numbers: $0, at: offset) }
      case .bools:
        unsafe lend(place, as: [Bool].self) { unsafe writer.write(repeated: $0, at: offset) }
      case .texts:
        unsafe lend(place, as: [String].self) { unsafe writer.write(repeated: $0, at: offset) }
      case .bytesList:
        unsafe lend(place, as: [[UInt8]].self) { unsafe writer.write(repeated: $0, at: offset) }
      case .map:
        // For `write(map:)`, so that it need not look for it among so many.
        unsafe writer.image.storeBytes(of: row.entry, toByteOffset: offset &+ 8, as: UnsafeRawPointer?.self)
      case .oneof: unsafe storage.write(oneof: row, of: layout.table, to: writer)
      case .generated: break
      }
    }
  }

  /// Writes a message.
  @inline(never) @inlinable public func write<Message: ProtobufMessage>(
    message index: Int, _ type: Message.Type, _ writer: MessageWriter, at offset: Int
  ) {
    guard let place = unsafe objectPlace(index) else { return }
    let box = unsafe place.assumingMemoryBound(to: FieldBox<Message>.self)
    unsafe writer.write(present: box.pointee.place.pointee, at: offset)
  }

  /// Writes a list of messages.
  @inline(never) @inlinable public func write<Message: ProtobufMessage>(
    messages index: Int, _ type: [Message].Type, _ writer: MessageWriter, at offset: Int
  ) {
    guard let place = unsafe objectPlace(index) else { return }
    unsafe lend(place, as: [Message].self) { unsafe writer.write(messages: $0, at: offset) }
  }

  /// Writes a list of enums' values.
  @inline(never) @inlinable public func write<Value: ProtobufEnum>(
    repeated index: Int, _ type: [Value].Type, _ writer: MessageWriter, at offset: Int
  ) {
    guard let place = unsafe objectPlace(index) else { return }
    unsafe lend(place, as: [Value].self) { unsafe writer.write(repeated: $0, at: offset) }
  }

  /// Writes a map.
  @inline(never) @inlinable public func write<Key: FieldValue, Value: FieldValue>(
    map index: Int, _ type: [Key: Value].Type, _ writer: MessageWriter, at offset: Int
  ) {
    guard let place = unsafe objectPlace(index) else { return }
    let entry = unsafe writer.image.load(fromByteOffset: offset &+ 8, as: UnsafeRawPointer.self)
    unsafe lend(place, as: [Key: Value].self) { unsafe writer.write(map: $0, at: offset, of: entry) }
  }
}
