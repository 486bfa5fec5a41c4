public import ThinGRPC

// Strings and bytes lie in the image as protobuf-c's ProtobufCBinaryData: a length and a pointer.

extension String: FieldValue {
  @inlinable public static var unset: String { "" }
  @inlinable public var isUnset: Bool { isEmpty }
  @inlinable public static var imageByteCount: Int { 16 }
  @inlinable public static var slotOffset: Int { 8 }

  @inlinable public static func load(from image: ImagePlace) -> String {
    let count = unsafe image.value.load(as: Int.self)
    guard count > 0, let start = unsafe image.value.load(fromByteOffset: 8, as: UnsafeRawPointer?.self)
    else { return "" }
    if count <= 15, let text = unsafe shortText(start, count) { return text }
    if let text = unsafe text(start, count) { return text }
    if unsafe image.reader.arena.pointee.repairsText {
      return unsafe String(
        decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
    }
    unsafe image.reader.arena.pointee.fail(invalidText(in: image))
    return ""
  }

  @inlinable
  public func store(to image: UnsafeMutableRawPointer, _ writer: MessageWriter) throws(MessageCodingError) {
    unsafe utf8Span.span.withUnsafeBytes { bytes in
      // A string of more than 15 bytes is never kept inside its own value: they lie in memory that the message holds.
      if bytes.count > 15 {
        unsafe writer.store(inPlace: bytes, to: image)
      } else {
        unsafe writer.store(copyingShort: bytes, to: image)
      }
    }
  }
}

extension Array: FieldValue where Element == UInt8 {
  @inlinable public static var unset: [UInt8] { [] }
  @inlinable public var isUnset: Bool { isEmpty }
  @inlinable public static var imageByteCount: Int { 16 }
  @inlinable public static var slotOffset: Int { 8 }

  @inlinable public static func load(from image: ImagePlace) -> [UInt8] {
    let count = unsafe image.value.load(as: Int.self)
    guard count > 0, let start = unsafe image.value.load(fromByteOffset: 8, as: UnsafePointer<UInt8>?.self)
    else { return [] }
    return unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
  }

  @inlinable public func store(to image: UnsafeMutableRawPointer, _ writer: MessageWriter) {
    unsafe withUnsafeBytes { bytes in unsafe writer.store(inPlace: bytes, to: image) }
  }
}
