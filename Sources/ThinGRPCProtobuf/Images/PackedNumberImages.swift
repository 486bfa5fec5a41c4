internal import CProtobufC

// Images as the engine unpacks them by `MessageTable.readingDescriptor`: each packed field of varints is there as the bytes of the
// parts in which it came. They are made into what images are otherwise.

/// Reads the packed numbers of an unpacked image and of all that it holds. False when they are malformed, or the arena's budget is
/// spent.
func readPackedNumbers(of image: UnsafeMutableRawPointer, _ arena: UnsafeMutablePointer<Arena>) -> Bool {
  let table = unsafe messageTable(of: image)
  unsafe image.storeBytes(of: UnsafeRawPointer(table.pointee.descriptor), as: UnsafeRawPointer.self)
  let indices = unsafe table.pointee.packedIndices
  for place in indices.indices {
    let field = unsafe table.pointee.fields[indices[place]]
    if field.isPackedVarints {
      guard unsafe field.readParts(in: image, arena) else { return false }
    } else if let inner = unsafe field.message, unsafe inner.pointee.traits.contains(.hasPackedNumbers) {
      var isRead = true
      unsafe field.forEachMessage(in: image) { message in
        unsafe isRead = isRead && readPackedNumbers(of: message, arena)
      }
      guard isRead else { return false }
    }
  }
  return true
}

extension FieldTable {
  /// Puts the numbers in the place of the bytes in which they came.
  fileprivate func readParts(in image: UnsafeMutableRawPointer, _ arena: UnsafeMutablePointer<Arena>) -> Bool
  {
    let partCount = unsafe image.load(fromByteOffset: offset, as: Int.self)
    guard partCount > 0,
      let parts = unsafe image.load(fromByteOffset: valueOffset, as: UnsafeRawPointer?.self)
    else { return true }
    let partByteCount = FieldType.Kind.bytes.byteCount
    var count = 0
    for index in 0..<partCount {
      guard let added = unsafe packedNumberCount(bytes(at: parts + index * partByteCount)) else {
        return false
      }
      count += added
    }
    guard let elements = unsafe arena.pointee.allocateWithinBudget(count * kind.byteCount) else {
      return false
    }
    var output = unsafe elements
    for index in 0..<partCount {
      let part = unsafe bytes(at: parts + index * partByteCount)
      guard let end = unsafe readPackedNumbers(part, kind, to: output) else { return false }
      unsafe output = end
    }
    unsafe image.storeBytes(of: count, toByteOffset: offset, as: Int.self)
    unsafe image.storeBytes(of: elements, toByteOffset: valueOffset, as: UnsafeMutableRawPointer.self)
    return true
  }
}
