/// A protobuf enum: any 32-bit number, some of which have names.
///
/// In Swift it is open: a number without a name can be kept, as proto3 wants it. Where the .proto file says that it is closed,
/// as enums of proto2 are, a received number without a name goes to the unknown fields of its message.
public protocol ProtobufEnum: FieldValue, RawRepresentable, CustomStringConvertible where RawValue == Int32 {
  /// The first value of the enum, which fields have when they are not set.
  init()

  /// The value with a number, named or not.
  init(rawValue: Int32)

  /// The names as the .proto file has them, with their numbers; a number may have several.
  static var protoNames: KeyValuePairs<String, Int32> { get }

  /// The enum's full name in the .proto file.
  static var protoTypeName: String { get }

  /// Whether only numbers with a name are values of the enum when it is decoded; false unless the enum says so.
  static var isClosed: Bool { get }
}

extension ProtobufEnum {
  /// Open, as in proto3.
  public static var isClosed: Bool { false }

  /// The value with a name of the .proto file; nil when there is none.
  public init?(protoName: String) {
    guard let named = Self.protoNames.first(where: { $0.key == protoName }) else { return nil }
    self.init(rawValue: named.value)
  }

  /// The value's first name in the .proto file; nil when it has none.
  public var protoName: String? {
    Self.protoNames.first { $0.value == rawValue }?.key
  }

  /// The name, or the number where there is none.
  public var description: String { protoName ?? String(rawValue) }

  @inlinable public static var unset: Self { Self() }
  @inlinable public var isUnset: Bool { rawValue == 0 }
  @inlinable public static var imageByteCount: Int { 4 }
  @inlinable public static var slotOffset: Int { 4 }

  @inlinable public static func load(from image: ImagePlace) -> Self {
    unsafe Self(rawValue: image.value.load(as: Int32.self))
  }

  @inlinable public func store(to image: UnsafeMutableRawPointer, _ writer: MessageWriter) {
    unsafe image.storeBytes(of: rawValue, as: Int32.self)
  }
}
