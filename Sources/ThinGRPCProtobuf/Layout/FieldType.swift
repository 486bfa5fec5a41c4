/// The type of a field as the .proto file declares it.
public struct FieldType: Sendable {
  enum Kind: String, Sendable {
    case int32, sint32, sfixed32, uint32, fixed32, int64, sint64, sfixed64, uint64, fixed64
    case float, double, bool, string, bytes, message, group
    case enumeration = "enum"
  }

  let kind: Kind
  let target: FieldLayout.Target

  init(_ kind: Kind, _ target: FieldLayout.Target = .none) {
    self.kind = kind
    self.target = target
  }

  /// `int32`.
  public static var int32: FieldType { FieldType(.int32) }
  /// `sint32`.
  public static var sint32: FieldType { FieldType(.sint32) }
  /// `sfixed32`.
  public static var sfixed32: FieldType { FieldType(.sfixed32) }
  /// `uint32`.
  public static var uint32: FieldType { FieldType(.uint32) }
  /// `fixed32`.
  public static var fixed32: FieldType { FieldType(.fixed32) }
  /// `int64`.
  public static var int64: FieldType { FieldType(.int64) }
  /// `sint64`.
  public static var sint64: FieldType { FieldType(.sint64) }
  /// `sfixed64`.
  public static var sfixed64: FieldType { FieldType(.sfixed64) }
  /// `uint64`.
  public static var uint64: FieldType { FieldType(.uint64) }
  /// `fixed64`.
  public static var fixed64: FieldType { FieldType(.fixed64) }
  /// `float`.
  public static var float: FieldType { FieldType(.float) }
  /// `double`.
  public static var double: FieldType { FieldType(.double) }
  /// `bool`.
  public static var bool: FieldType { FieldType(.bool) }
  /// `string`, checked to be UTF-8 when it is read.
  public static var string: FieldType { FieldType(.string) }
  /// `bytes`.
  public static var bytes: FieldType { FieldType(.bytes) }

  /// An enum, whose names text and JSON need.
  public static func enumeration(_ type: any ProtobufEnum.Type) -> FieldType {
    FieldType(.enumeration, .enumeration(type))
  }

  /// A message. Its own layout is looked up when the first message is coded, so types may refer to each other.
  public static func message(_ type: any ProtobufMessage.Type) -> FieldType {
    FieldType(.message, .message(type))
  }

  /// A group: a message between two tags instead of behind a length.
  public static func group(_ type: any ProtobufMessage.Type) -> FieldType {
    FieldType(.group, .message(type))
  }
}

extension FieldType.Kind {
  var isFourBytes: Bool {
    switch self {
    case .int32, .sint32, .sfixed32, .uint32, .fixed32, .float, .enumeration: true
    case .int64, .sint64, .sfixed64, .uint64, .fixed64, .double, .bool: false
    case .string, .bytes, .message, .group: false
    }
  }

  /// Whether a value is a pointer to another image.
  var isMessage: Bool { self == .message || self == .group }

  /// The bytes of a value in the image.
  var byteCount: Int {
    switch self {
    case .string, .bytes: 16
    default: isFourBytes ? 4 : 8
    }
  }
}
