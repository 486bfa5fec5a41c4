// The room of a list while it is read: it may be three times that of the C image, so it counts as decoding's memory.

extension WideFields {
  /// No field is set, and there is room for `slotCount` fields that are to be read. `endReading` follows.
  public init(readingUpTo slotCount: Int, _ reader: MessageReader) {
    if unsafe reader.arena.pointee.charge(Self.byteCount(ofRoomFor: slotCount)) {
      slots.reserveCapacity(slotCount)
    }
  }

  /// Gives the room back that no field has taken, and all of it where decoding has failed, which takes no more memory then.
  public mutating func endReading(upTo slotCount: Int, _ reader: MessageReader) {
    if unsafe reader.arena.pointee.hasFailed {
      slots = []
    } else if slots.isEmpty {
      slots = []
      unsafe reader.arena.pointee.refund(Self.byteCount(ofRoomFor: slotCount))
    }
  }

  private static func byteCount(ofRoomFor slotCount: Int) -> Int {
    slotCount * MemoryLayout<FieldSlot>.stride
  }
}
