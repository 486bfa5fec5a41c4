// A message lies in the image as a pointer to an image of its own.

extension ProtobufMessage {
  @inlinable public static var unset: Self { Self() }
  /// A message in a map or a oneof is always written.
  @inlinable public var isUnset: Bool { false }
  @inlinable public static var imageByteCount: Int { 8 }
  /// There is no presence flag: the pointer says it.
  @inlinable public static var slotOffset: Int { 0 }

  @inlinable public static func load(from image: ImagePlace) -> Self {
    guard let message = unsafe image.value.load(as: UnsafeRawPointer?.self) else { return Self() }
    return unsafe Self(reading: MessageReader(message, image.reader.arena))
  }

  @inlinable public func store(to image: UnsafeMutableRawPointer, _ writer: MessageWriter) {
    unsafe image.storeBytes(of: writer.image(of: self), as: UnsafeMutableRawPointer.self)
  }
}
