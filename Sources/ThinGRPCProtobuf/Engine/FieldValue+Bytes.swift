internal import ThinGRPC

// Strings and bytes lie in the image as protobuf-c's ProtobufCBinaryData: a length and a pointer.

extension String: FieldValue {
  @inlinable public static var unset: String { "" }
  @inlinable public var isUnset: Bool { isEmpty }
  @inlinable public static var imageByteCount: Int { 16 }
  @inlinable public static var slotOffset: Int { 8 }

  @inlinable public static func load(from image: ImagePlace) -> String { unsafe loadText(image) }

  public func store(to image: UnsafeMutableRawPointer, _ writer: MessageWriter) {
    unsafe storeText(self, to: image, writer.arena)
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
    if count > 1 << 16, let bytes = unsafe image.reader.arena.pointee.takeArray(start, count) { return bytes }
    return unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
  }

  @inlinable public func store(to image: UnsafeMutableRawPointer, _ writer: MessageWriter) {
    unsafe withUnsafeBytes { bytes in unsafe writer.store(inPlace: bytes, to: image) }
  }
}
