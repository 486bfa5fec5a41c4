/// A field of a message (`FieldDescriptorProto`).
struct FieldDeclaration {
  enum Cardinality { case implicit, explicit, required, repeated }

  let name: String
  let number: Int
  let type: ScalarOrReference
  let cardinality: Cardinality
  let isPacked: Bool
  /// Whether it is a message between two tags.
  let isGroup: Bool
  /// The default value as protoc writes it, where the .proto file has one.
  let defaultValue: String?
  /// The name in JSON, where it is not the usual one.
  let jsonName: String?
  /// The position of the oneof that the field belongs to.
  let oneofIndex: Int?
  let remarks: Remarks

  init(_ wire: WireFields, _ context: FileContext, _ path: [Int]) throws(GeneratorError) {
    name = try wire.name(1)
    number = wire.number(3) ?? 0
    let type = try ScalarOrReference(number: wire.number(5) ?? 0, typeName: wire.string(6) ?? "", field: name)
    self.type = type
    let options = try wire.message(8)
    isGroup = wire.number(5) == 10
    defaultValue = wire.string(7)
    let jsonName = wire.string(10)
    self.jsonName = jsonName == usualJSONName(of: name) ? nil : jsonName
    let isProto3Optional = wire.flag(17)
    let cardinality: Cardinality =
      switch wire.number(4) {
      case 3: .repeated
      case 2: .required
      default: context.syntax == .proto2 || isProto3Optional || type.isMessage ? .explicit : .implicit
      }
    self.cardinality = cardinality
    let isPackedByDefault = context.syntax == .proto3
    isPacked =
      cardinality == .repeated && type.isPackable
      && (options?.number(2).map { $0 != 0 } ?? isPackedByDefault)
    oneofIndex = isProto3Optional ? nil : wire.number(9)
    remarks = context.remarks(at: path, isDeprecated: options?.flag(3) ?? false)
  }
}

extension FieldDeclaration {
  /// Whether a message knows if the field is set.
  var hasPresence: Bool { cardinality == .explicit || cardinality == .required }
}

/// The type of a field: a scalar, or the full name of a message or an enum.
enum ScalarOrReference: Hashable {
  case scalar(Scalar)
  case message(String)
  case enumeration(String)

  init(number: Int, typeName: String, field: String) throws(GeneratorError) {
    switch number {
    case 10, 11: self = .message(typeName)
    case 14: self = .enumeration(typeName)
    default:
      guard let scalar = Scalar(rawValue: number) else {
        throw GeneratorError("The field \(field) has the type \(number), which is not known")
      }
      self = .scalar(scalar)
    }
  }

  /// The full name of the message or enum; nil of a scalar.
  var reference: String? {
    switch self {
    case .message(let name), .enumeration(let name): name
    case .scalar: nil
    }
  }

  var isMessage: Bool { if case .message = self { true } else { false } }

  /// Whether its bytes in Swift are those of the C image, so that arrays can be copied in one piece.
  var isNumber: Bool {
    switch self {
    case .scalar(.string), .scalar(.bytes), .scalar(.bool), .message, .enumeration: false
    case .scalar: true
    }
  }

  var isPackable: Bool {
    switch self {
    case .scalar(.string), .scalar(.bytes), .message: false
    case .scalar, .enumeration: true
    }
  }
}

/// A scalar type, with its number in `FieldDescriptorProto.Type`.
enum Scalar: Int {
  case double = 1
  case float = 2
  case int64 = 3
  case uint64 = 4
  case int32 = 5
  case fixed64 = 6
  case fixed32 = 7
  case bool = 8
  case string = 9
  case bytes = 12
  case uint32 = 13
  case sfixed32 = 15
  case sfixed64 = 16
  case sint32 = 17
  case sint64 = 18

  /// The type in Swift.
  var swiftType: String {
    switch self {
    case .double: "Double"
    case .float: "Float"
    case .int64, .sint64, .sfixed64: "Int64"
    case .uint64, .fixed64: "UInt64"
    case .int32, .sint32, .sfixed32: "Int32"
    case .uint32, .fixed32: "UInt32"
    case .bool: "Bool"
    case .string: "String"
    case .bytes: "[UInt8]"
    }
  }

  /// The value of a field that is not set, in Swift.
  var swiftDefault: String {
    switch self {
    case .bool: "false"
    case .string: "\"\""
    case .bytes: "[]"
    default: "0"
    }
  }

  var byteCount: Int {
    switch self {
    case .double, .int64, .sint64, .sfixed64, .uint64, .fixed64, .bool: 8
    case .float, .int32, .sint32, .sfixed32, .uint32, .fixed32: 4
    case .string, .bytes: 16
    }
  }
}
