internal import CProtobufC

// Images that are made from text: all zero at first, then filled in field by field, within the arena's budget.

/// An image of the table's type with no field set; nil when the arena's budget is spent.
func makeEmptyImage(
  _ table: UnsafeMutablePointer<MessageTable>, _ arena: UnsafeMutablePointer<Arena>
) -> UnsafeMutableRawPointer? {
  let descriptor = unsafe table.pointee.descriptor
  let byteCount = unsafe descriptor.pointee.sizeof_message
  guard let image = unsafe arena.pointee.allocateWithinBudget(byteCount) else { return nil }
  unsafe image.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
  unsafe image.storeBytes(of: UnsafeRawPointer(descriptor), as: UnsafeRawPointer.self)
  return unsafe image
}

extension FieldTable {
  /// Makes the field present in `image` and returns where its value goes; of a repeated field, the value of one more
  /// element. Nil when the arena's budget is spent.
  ///
  /// The value has to be written in full. The image must be one of `makeEmptyImage`.
  func addValue(
    in image: UnsafeMutableRawPointer, _ arena: UnsafeMutablePointer<Arena>
  ) -> UnsafeMutableRawPointer? {
    switch shape {
    case .member: unsafe image.storeBytes(of: number, toByteOffset: offset, as: UInt32.self)
    case .implicit, .optional, .required:
      // The pointer to a message says itself whether there is one.
      if !kind.isMessage { unsafe image.storeBytes(of: 1, toByteOffset: offset, as: Int32.self) }
    case .repeated, .packed: return unsafe addElement(in: image, arena)
    }
    return unsafe image + valueOffset
  }

  private func addElement(
    in image: UnsafeMutableRawPointer, _ arena: UnsafeMutablePointer<Arena>
  ) -> UnsafeMutableRawPointer? {
    let count = unsafe image.load(fromByteOffset: offset, as: Int.self)
    let byteCount = kind.byteCount
    var elements = unsafe image.load(fromByteOffset: valueOffset, as: UnsafeMutableRawPointer?.self)
    // There is room for the next power of two, at least for four: it need not be kept anywhere, and all that was outgrown
    // is together no more than what there is.
    if count == 0 || count >= 4 && count & (count - 1) == 0 {
      guard
        let larger = unsafe arena.pointee.allocateWithinBudget(max(4, count * 2) * byteCount)
      else { return nil }
      if let elements = unsafe elements {
        unsafe larger.copyMemory(from: elements, byteCount: count * byteCount)
      }
      unsafe elements = larger
      unsafe image.storeBytes(of: larger, toByteOffset: valueOffset, as: UnsafeMutableRawPointer.self)
    }
    unsafe image.storeBytes(of: count + 1, toByteOffset: offset, as: Int.self)
    return unsafe elements.unsafelyUnwrapped + count * byteCount
  }
}
