internal import Glibc

/// What one field of a wide message holds.
enum SlotContent: UInt8 {
  case nothing = 0
  /// A number's bits, zeros above.
  case bits = 1
  /// A text, which takes two slots.
  case text = 2
  /// A reference: that of a list, a map or bytes, as all of these are one, or of a box.
  case object = 3
}

/// A value of any other type by its place, so that all slots are alike.
@usableFromInline final class FieldBox<Value> {
  /// Not watched for changes at the same time: the fields that it is one of are.
  @exclusivity(unchecked) @usableFromInline var value: Value

  @inlinable init(_ value: consuming Value) { unsafe self.value = value }

  /// Where the value lies: as long as the box is there.
  @inline(__always) @inlinable var place: UnsafeMutablePointer<Value> {
    unsafe withUnsafeMutablePointer(to: &value) { place in unsafe place }
  }
}

/// Lends the list, the map or the bytes that a slot refers to: its reference is not counted up and down.
@inline(__always)
@inlinable func lend<Value>(
  _ place: UnsafeRawPointer, as type: Value.Type, _ body: (borrowing Value) -> Void
) {
  var word = unsafe place.load(as: UInt64.self)
  unsafe withUnsafeMutableBytes(of: &word) { bytes in
    let copy = unsafe bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: Value.self)
    let value = unsafe copy.move()
    body(value)
    // Forgets it: the slot has it still.
    unsafe copy.initialize(to: value)
  }
}

/// The slots of a wide message's fields, and behind them a byte for each with what it holds. It owns what the slots refer to.
///
/// The header is the number of slots.
final class FieldStorage: ManagedBuffer<Int, UInt64> {
  static func byteCount(ofRoomFor slotCount: Int) -> Int {
    elementCount(ofRoomFor: slotCount) * MemoryLayout<UInt64>.stride
  }

  private static func elementCount(ofRoomFor slotCount: Int) -> Int {
    let perElement = MemoryLayout<UInt64>.stride
    return slotCount + (slotCount + perElement - 1) / perElement
  }

  /// Slots that hold nothing.
  static func empty(_ slotCount: Int) -> FieldStorage {
    let storage = create(minimumCapacity: elementCount(ofRoomFor: slotCount)) { _ in slotCount }
    let empty = unsafe unsafeDowncast(storage, to: FieldStorage.self)
    unsafe memset(empty.contents, 0, (slotCount + 7) & ~7)
    return empty
  }

  // By its address: else each look at it would be noted, so that nobody changes it meanwhile.
  @inline(__always) var slotCount: Int { unsafe withUnsafeMutablePointerToHeader { unsafe $0.pointee } }

  @inline(__always) var slots: UnsafeMutablePointer<UInt64> {
    unsafe withUnsafeMutablePointerToElements { unsafe $0 }
  }

  /// `SlotContent` of each slot.
  @inline(__always) var contents: UnsafeMutablePointer<UInt8> {
    unsafe UnsafeMutableRawPointer(slots + slotCount).assumingMemoryBound(to: UInt8.self)
  }

  /// The same fields with more slots. Nothing is left here.
  func moved(to newCount: Int) -> FieldStorage {
    let other = Self.empty(newCount)
    unsafe memcpy(other.slots, slots, slotCount * MemoryLayout<UInt64>.stride)
    unsafe memcpy(other.contents, contents, slotCount)
    unsafe memset(contents, 0, slotCount)
    return other
  }

  /// The same fields once more.
  func copied(to newCount: Int) -> FieldStorage {
    let other = Self.empty(newCount)
    unsafe memcpy(other.slots, slots, slotCount * MemoryLayout<UInt64>.stride)
    unsafe memcpy(other.contents, contents, slotCount)
    forEachOwner { index, isText in
      let (slot, copy) = unsafe (slots + index, UnsafeMutableRawPointer(other.slots + index))
      if isText {
        let text = unsafe UnsafeMutableRawPointer(slot).assumingMemoryBound(to: String.self)
        unsafe copy.initializeMemory(as: String.self, to: text.pointee)
      } else {
        let object = unsafe UnsafeMutableRawPointer(slot).assumingMemoryBound(to: AnyObject.self)
        unsafe copy.initializeMemory(as: AnyObject.self, to: object.pointee)
      }
    }
    return other
  }

  /// Releases what a slot refers to. Something else is to be put there, or noted in `contents`.
  @inline(__always) func release(_ index: Int) {
    let slot = unsafe UnsafeMutableRawPointer(slots + index)
    switch unsafe contents[index] {
    case SlotContent.text.rawValue:
      unsafe slot.assumingMemoryBound(to: String.self).deinitialize(count: 1)
    case SlotContent.object.rawValue:
      unsafe slot.assumingMemoryBound(to: AnyObject.self).deinitialize(count: 1)
    default: break
    }
  }

  /// Calls `body` for each slot with a text or a reference. Eight are looked at in one step: many hold nothing or numbers.
  @inline(__always) private func forEachOwner(_ body: (_ index: Int, _ isText: Bool) -> Void) {
    let (contents, slotCount) = unsafe (contents, slotCount)
    for start in stride(from: 0, to: slotCount, by: 8) {
      // Behind the last slot there is room for whole words, and nothing in it.
      let word = unsafe UnsafeRawPointer(contents + start).load(as: UInt64.self)
      var owners = word.littleEndian & Self.owners
      while owners != 0 {
        let index = start + owners.trailingZeroBitCount / 8
        owners &= owners &- 1
        body(index, unsafe contents[index] == SlotContent.text.rawValue)
      }
    }
  }

  /// The bit that `SlotContent.text` and `SlotContent.object` have and no other, in each byte.
  private static var owners: UInt64 { 0x0202_0202_0202_0202 }

  deinit {
    let slots = unsafe slots
    forEachOwner { index, isText in
      let slot = unsafe UnsafeMutableRawPointer(slots + index)
      if isText {
        unsafe slot.assumingMemoryBound(to: String.self).deinitialize(count: 1)
      } else {
        unsafe slot.assumingMemoryBound(to: AnyObject.self).deinitialize(count: 1)
      }
    }
  }
}
