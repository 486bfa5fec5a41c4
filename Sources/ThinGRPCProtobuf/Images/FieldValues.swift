/// The values of a field in an image, one after the other: none, one, or of a repeated field as many as it has.
@safe struct FieldValues {
  let count: Int
  private let start: UnsafeRawPointer
  private let byteCount: Int

  /// The values that the message in `image` has of the field. A field without presence has none when it holds its default, even
  /// where that was among the bytes that were unpacked.
  init(of field: borrowing FieldTable, in image: UnsafeRawPointer) {
    byteCount = field.kind.byteCount
    if field.isRepeated {
      unsafe count = image.load(fromByteOffset: field.offset, as: Int.self)
      unsafe start =
        image.load(fromByteOffset: field.valueOffset, as: UnsafeRawPointer?.self) ?? image
      return
    }
    unsafe start = image + field.valueOffset
    guard unsafe field.isPresent(in: image) else {
      count = 0
      return
    }
    if field.shape == .implicit, !field.kind.isMessage {
      let isZero =
        byteCount == 4
        ? unsafe start.load(as: UInt32.self) == 0 : unsafe start.load(as: UInt64.self) == 0
      count = isZero ? 0 : 1
    } else {
      count = 1
    }
  }

  /// Where a value lies.
  subscript(index: Int) -> UnsafeRawPointer { unsafe start + index * byteCount }
}

/// Strings and bytes as they lie in an image.
func bytes(at place: UnsafeRawPointer) -> UnsafeBufferPointer<UInt8> {
  unsafe UnsafeBufferPointer(
    start: place.load(fromByteOffset: 8, as: UnsafePointer<UInt8>?.self), count: place.load(as: Int.self))
}

/// The image of a message in a field; nil where there is none, as in the entry of a map that lacks its value.
func messageImage(at place: UnsafeRawPointer) -> UnsafeRawPointer? {
  unsafe place.load(as: UnsafeRawPointer?.self)
}
