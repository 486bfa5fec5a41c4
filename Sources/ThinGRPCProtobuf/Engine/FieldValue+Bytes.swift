public import ThinGRPC

// Strings and bytes lie in the image as protobuf-c's ProtobufCBinaryData: a length and a pointer.

extension String: FieldValue {
  @inlinable public static var unset: String { "" }
  @inlinable public var isUnset: Bool { isEmpty }
  @inlinable public static var imageByteCount: Int { 16 }
  @inlinable public static var slotOffset: Int { 8 }

  @inlinable public static func load(from image: ImagePlace) throws(MessageCodingError) -> String {
    let count = unsafe image.value.load(as: Int.self)
    guard count > 0, let start = unsafe image.value.load(fromByteOffset: 8, as: UnsafePointer<UInt8>?.self)
    else { return "" }
    let bytes = unsafe UnsafeBufferPointer(start: start, count: count)
    // Not `String(validating:as:)`: it takes four times as long, for it is generic and not specialized.
    guard let text = try? unsafe UTF8Span(validating: bytes.span) else {
      throw unsafe invalidText(in: image)
    }
    return String(copying: text)
  }

  @inlinable
  public func store(to image: UnsafeMutableRawPointer, _ writer: MessageWriter) throws(MessageCodingError) {
    var copy = self
    copy.withUTF8 { bytes in
      unsafe writer.store(UnsafeRawBufferPointer(bytes), to: image)
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
    unsafe withUnsafeBytes { bytes in unsafe writer.store(bytes, to: image) }
  }
}
