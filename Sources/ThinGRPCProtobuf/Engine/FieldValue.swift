/// A Swift type that a message field can have. For generated code.
///
/// The requirements say how a value lies in the C image that libprotobuf-c packs from and unpacks into.
public protocol FieldValue: Hashable, Sendable {
  /// The value of a field that is not set.
  static var unset: Self { get }

  /// Whether a field without presence leaves this value out when it is encoded.
  var isUnset: Bool { get }

  /// The bytes of one value in the image.
  static var imageByteCount: Int { get }

  /// Where the value of a singular field begins in its slot; the presence flag comes before it.
  static var slotOffset: Int { get }

  /// Reads a value from the image. Where the received bytes are no value of this type, the decoding fails in the end.
  static func load(from image: ImagePlace) -> Self

  /// Writes the value into the image, which may refer to memory that the value holds. Where the value has no encoding, the
  /// encoding fails in the end.
  func store(to image: UnsafeMutableRawPointer, _ writer: MessageWriter)
}

/// Where a value is read: its own address, and the field it belongs to, for errors.
@unsafe public struct ImagePlace {
  @usableFromInline let value: UnsafeRawPointer
  @usableFromInline let offset: Int
  @usableFromInline let reader: MessageReader

  @inlinable init(value: UnsafeRawPointer, offset: Int, reader: MessageReader) {
    unsafe self.value = value
    unsafe self.offset = offset
    unsafe self.reader = reader
  }
}

/// A number whose bytes are the same in Swift and in the image.
public protocol NumericFieldValue: FieldValue, BitwiseCopyable {}

extension NumericFieldValue {
  @inlinable public static var imageByteCount: Int { MemoryLayout<Self>.size }
  @inlinable public static var slotOffset: Int { MemoryLayout<Self>.size }

  @inlinable public static func load(from image: ImagePlace) -> Self {
    unsafe image.value.load(as: Self.self)
  }

  @inlinable public func store(to image: UnsafeMutableRawPointer, _ writer: MessageWriter) {
    unsafe image.storeBytes(of: self, as: Self.self)
  }
}

extension NumericFieldValue where Self: FixedWidthInteger {
  @inlinable public static var unset: Self { 0 }
  @inlinable public var isUnset: Bool { self == 0 }
}

extension Int32: NumericFieldValue {}
extension UInt32: NumericFieldValue {}
extension Int64: NumericFieldValue {}
extension UInt64: NumericFieldValue {}

// -0.0 equals 0 but is not unset: it is written.
extension Float: NumericFieldValue {
  @inlinable public static var unset: Float { 0 }
  @inlinable public var isUnset: Bool { bitPattern == 0 }
}

extension Double: NumericFieldValue {
  @inlinable public static var unset: Double { 0 }
  @inlinable public var isUnset: Bool { bitPattern == 0 }
}

// A number of 64 bits in the image: protobuf-c does not look at the wire type of what it reads as a Boolean.
extension Bool: FieldValue {
  @inlinable public static var unset: Bool { false }
  @inlinable public var isUnset: Bool { !self }
  @inlinable public static var imageByteCount: Int { 8 }
  @inlinable public static var slotOffset: Int { 8 }

  @inlinable public static func load(from image: ImagePlace) -> Bool {
    unsafe image.value.load(as: UInt64.self) != 0
  }

  @inlinable public func store(to image: UnsafeMutableRawPointer, _ writer: MessageWriter) {
    unsafe image.storeBytes(of: self ? 1 : 0, as: UInt64.self)
  }
}
