/// The fields of an encoded protobuf message, by number: just enough to read descriptors.
///
/// The plugin reads `descriptor.proto` with this rather than with generated code, so that it links nothing.
struct WireFields {
  private enum Value {
    case number(UInt64)
    case bytes(ArraySlice<UInt8>)
  }

  private var fields: [(number: Int, value: Value)] = []

  init(_ bytes: ArraySlice<UInt8>) throws(GeneratorError) {
    var rest = bytes
    while !rest.isEmpty {
      let tag = try Self.varint(&rest)
      let value: Value
      switch tag & 7 {
      case 0: value = .number(try Self.varint(&rest))
      case 1: value = .bytes(try Self.take(8, from: &rest))
      case 2: value = .bytes(try Self.take(try Self.varint(&rest), from: &rest))
      case 5: value = .bytes(try Self.take(4, from: &rest))
      default: throw GeneratorError("The request of the protocol compiler cannot be read")
      }
      fields.append((Int(truncatingIfNeeded: tag >> 3), value))
    }
  }

  func number(_ field: Int) -> Int? {
    for case (field, .number(let value)) in fields.reversed() { return Int(truncatingIfNeeded: value) }
    return nil
  }

  func flag(_ field: Int) -> Bool { number(field) == 1 }

  func string(_ field: Int) -> String? { strings(field).last }

  /// The name of a declaration, which becomes part of names in Swift: letters, digits and underscores alone.
  func name(_ field: Int) throws(GeneratorError) -> String {
    guard let name = string(field), isIdentifier(name) else {
      throw GeneratorError("\"\(string(field) ?? "")\" is no name of a declaration")
    }
    return name
  }

  func strings(_ field: Int) -> [String] {
    bytes(field).map { String(decoding: $0, as: UTF8.self) }
  }

  /// All numbers of a repeated field, packed or not.
  func numbers(_ field: Int) throws(GeneratorError) -> [Int] {
    var numbers: [Int] = []
    for (number, value) in fields where number == field {
      switch value {
      case .number(let value): numbers.append(Int(truncatingIfNeeded: value))
      case .bytes(var rest):
        while !rest.isEmpty { numbers.append(Int(truncatingIfNeeded: try Self.varint(&rest))) }
      }
    }
    return numbers
  }

  func message(_ field: Int) throws(GeneratorError) -> WireFields? { try messages(field).last }

  func messages(_ field: Int) throws(GeneratorError) -> [WireFields] {
    var messages: [WireFields] = []
    for bytes in bytes(field) { messages.append(try WireFields(bytes)) }
    return messages
  }

  /// All fields but one, encoded again. For messages without fields of fixed size, as those of files are.
  func encoded(without field: Int) -> [UInt8] {
    var output = WireOutput()
    for (number, value) in fields where number != field {
      switch value {
      case .number(let value): output.append(number: value, field: UInt64(number))
      case .bytes(let bytes): output.append(bytes, field: UInt64(number))
      }
    }
    return output.bytes
  }

  func bytes(_ field: Int) -> [ArraySlice<UInt8>] {
    fields.compactMap { number, value in
      if number == field, case .bytes(let bytes) = value { bytes } else { nil }
    }
  }

  private static func varint(_ rest: inout ArraySlice<UInt8>) throws(GeneratorError) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<10 {
      guard let byte = rest.popFirst() else { break }
      value |= UInt64(byte & 0x7f) << (7 * UInt64(index))
      if byte < 0x80 { return value }
    }
    throw GeneratorError("The request of the protocol compiler cannot be read")
  }

  private static func take(
    _ count: UInt64, from rest: inout ArraySlice<UInt8>
  ) throws(GeneratorError) -> ArraySlice<UInt8> {
    guard count <= rest.count else {
      throw GeneratorError("The request of the protocol compiler ends too early")
    }
    defer { rest = rest.dropFirst(Int(count)) }
    return rest.prefix(Int(count))
  }
}
