internal import ThinGRPC

extension TextFormatParser {
  /// One value of a field, which it is given in `image`.
  mutating func value(of field: FieldTable, in image: UnsafeMutableRawPointer) throws(MessageCodingError) {
    switch field.kind {
    case .int32, .sint32, .sfixed32:
      try unsafe store(Int32(truncatingIfNeeded: signed(Int32.self)), field, image)
    case .int64, .sint64, .sfixed64: try unsafe store(signed(Int64.self), field, image)
    case .uint32, .fixed32:
      try unsafe store(UInt32(truncatingIfNeeded: unsigned(atMost: UInt64(UInt32.max))), field, image)
    case .uint64, .fixed64: try unsafe store(unsigned(atMost: .max), field, image)
    case .float: try unsafe store(floating(Float.self), field, image)
    case .double: try unsafe store(floating(Double.self), field, image)
    case .bool: try unsafe store(UInt64(truth() ? 1 : 0), field, image)
    case .enumeration: try unsafe store(enumNumber(field), field, image)
    case .string, .bytes:
      let start = scanner.position
      guard let text = try unsafe scanner.string(arena) else {
        throw scanner.failure("A string is expected")
      }
      if field.kind == .string, unsafe (try? UTF8Span(validating: text.span)) == nil {
        throw scanner.failure("The field \(field.nameText) is not valid UTF-8", at: start)
      }
      try unsafe store(text, field, image)
    case .message, .group: try unsafe message(of: field, in: image)
    }
  }

  private mutating func message(
    of field: FieldTable, in image: UnsafeMutableRawPointer
  ) throws(MessageCodingError) {
    guard let table = unsafe field.message else { fatalError("A table is not linked") }
    let end = try beginMessage()
    // Written messages are counted so, too: the entry of a map is none of its own.
    if !field.isMap { try open() }
    let message = try unsafe message(table, upTo: end)
    if !field.isMap { close() }
    try unsafe store(message, field, image)
  }

  private func store<Value: BitwiseCopyable>(
    _ value: Value, _ field: FieldTable, _ image: UnsafeMutableRawPointer
  ) throws(MessageCodingError) {
    guard let place = unsafe field.addValue(in: image, arena) else { throw scanner.memoryIsSpent() }
    unsafe place.storeBytes(of: value, as: Value.self)
  }

  func store(
    _ text: UnsafeBufferPointer<UInt8>, _ field: FieldTable, _ image: UnsafeMutableRawPointer
  ) throws(MessageCodingError) {
    guard let place = unsafe field.addValue(in: image, arena) else { throw scanner.memoryIsSpent() }
    unsafe place.storeBytes(of: text.count, as: Int.self)
    unsafe place.storeBytes(of: text.baseAddress, toByteOffset: 8, as: UnsafePointer<UInt8>?.self)
  }

  private mutating func signed<Number: FixedWidthInteger>(_ type: Number.Type) throws(MessageCodingError)
    -> Int64
  {
    let start = scanner.position
    let isNegative = scanner.take("-")
    guard let magnitude = try scanner.number()?.integer else {
      throw scanner.failure("A whole number is expected", at: start)
    }
    // There is one negative number more than positive ones.
    guard magnitude <= UInt64(Number.max) + (isNegative ? 1 : 0) else {
      throw scanner.failure("The number is out of range", at: start)
    }
    return Int64(truncatingIfNeeded: isNegative ? 0 &- magnitude : magnitude)
  }

  private mutating func unsigned(atMost greatest: UInt64) throws(MessageCodingError) -> UInt64 {
    let start = scanner.position
    guard let number = try scanner.number(), number.form != .floating else {
      throw scanner.failure("A whole number without a sign is expected", at: start)
    }
    guard let value = number.integer, value <= greatest else {
      throw scanner.failure("The number is out of range", at: start)
    }
    return value
  }

  private mutating func floating<Number: BinaryFloatingPoint & LosslessStringConvertible>(
    _ type: Number.Type
  ) throws(MessageCodingError) -> Number {
    let start = scanner.position
    let isNegative = scanner.take("-")
    var value: Number?
    if let name = unsafe scanner.name() {
      switch unsafe String(decoding: name.prefix(9), as: UTF8.self).lowercased() {
      case "inf", "infinity": value = .infinity
      case "nan": value = .nan
      default: break
      }
    } else {
      value = try scanner.number()?.floatingText.flatMap { Number($0) }
    }
    guard let value else { throw scanner.failure("A number is expected", at: start) }
    return isNegative ? -value : value
  }

  private mutating func truth() throws(MessageCodingError) -> Bool {
    let start = scanner.position
    if let name = unsafe scanner.name() {
      switch unsafe String(decoding: name.prefix(6), as: UTF8.self) {
      case "true", "True", "t": return true
      case "false", "False", "f": return false
      default: break
      }
    } else if let number = try scanner.number()?.integer, number <= 1 {
      return number == 1
    }
    throw scanner.failure("\"true\" or \"false\" is expected", at: start)
  }

  private mutating func enumNumber(_ field: FieldTable) throws(MessageCodingError) -> Int32 {
    guard let values = unsafe field.enumeration else { fatalError("An enum has no table") }
    let start = scanner.position
    if let name = unsafe scanner.name() {
      if let number = unsafe values.pointee.number(named: String(decoding: name, as: UTF8.self)) {
        return number
      }
    } else {
      let number = try Int32(truncatingIfNeeded: signed(Int32.self))
      // The numbers of an open enum need no name.
      if unsafe !values.pointee.isClosed || values.pointee.hasName(for: number) { return number }
    }
    throw scanner.failure("The enum of the field \(field.nameText) has no such value", at: start)
  }
}
