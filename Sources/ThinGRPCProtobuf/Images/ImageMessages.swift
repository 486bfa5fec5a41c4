extension FieldTable {
  /// Calls `body` with each message that the field has in an image: none, one, or as many as are repeated.
  @inline(__always)
  func forEachMessage<Failure: Error>(
    in image: UnsafeMutableRawPointer, _ body: (UnsafeMutableRawPointer) throws(Failure) -> Void
  ) throws(Failure) {
    guard unsafe kind.isMessage && isPresent(in: image) else { return }
    if isRepeated {
      let count = unsafe image.load(fromByteOffset: offset, as: Int.self)
      let elements = unsafe image.load(fromByteOffset: valueOffset, as: UnsafeRawPointer.self)
      for index in 0..<count {
        try unsafe body(elements.load(fromByteOffset: index * 8, as: UnsafeMutableRawPointer.self))
      }
    } else if let message = unsafe image.load(fromByteOffset: valueOffset, as: UnsafeMutableRawPointer?.self)
    {
      try unsafe body(message)
    }
  }

  /// Makes the field one that is not there.
  func remove(from image: UnsafeMutableRawPointer) {
    unsafe image.storeBytes(of: 0, toByteOffset: offset, as: Int.self)
  }
}
