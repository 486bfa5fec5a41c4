internal import ThinGRPCGuarding

/// The names of an enum's values: made once for each enum that a message has, and never freed.
@safe struct EnumTable {
  /// Whether a number without a name is no value of the enum, as in proto2.
  let isClosed: Bool
  /// `google.protobuf.NullValue`, which is null in JSON.
  let isNullValue: Bool
  /// In the order of the .proto file, so that of several names for a number the first is found.
  let values: [(number: Int32, name: String)]
  private let indices: [Int32: Int]
  private let numbers: [String: Int32]

  private init(_ type: any ProtobufEnum.Type) {
    isClosed = type.isClosed
    values = type.protoNames.map { (number: $0.value, name: $0.key) }
    isNullValue = type.protoTypeName == "google.protobuf.NullValue"
    indices = Dictionary(
      values.enumerated().map { index, value in (value.number, index) },
      uniquingKeysWith: { first, _ in first })
    numbers = Dictionary(values.map { ($0.name, $0.number) }, uniquingKeysWith: { first, _ in first })
  }

  /// Whether the enum has a value with this number.
  func hasName(for number: Int32) -> Bool { indices[number] != nil }

  /// The first name of a number; nil when it has none.
  func name(of number: Int32) -> String? { indices[number].map { values[$0].name } }

  /// The number of a name; nil when there is no such name.
  func number(named name: String) -> Int32? { numbers[name] }

  private static let tables = Guarded<[ObjectIdentifier: Address]>([:])

  /// An address may go to any thread: what lies there is not written again.
  @safe private struct Address: @unchecked Sendable { let table: UnsafePointer<EnumTable> }

  /// The table of an enum, the same each time.
  static func table(of type: any ProtobufEnum.Type) -> UnsafePointer<EnumTable> {
    unsafe tables.withLock { tables in
      if let known = tables[ObjectIdentifier(type)] { return known }
      let table = UnsafeMutablePointer<EnumTable>.allocate(capacity: 1)
      unsafe table.initialize(to: EnumTable(type))
      let address = unsafe Address(table: UnsafePointer(table))
      tables[ObjectIdentifier(type)] = address
      return address
    }.table
  }
}
