// A value of each kind, and the keys of maps.
extension JSONReader {
  /// Reads a value into a field; of a repeated field, into one more element.
  mutating func readValue(
    _ field: UnsafeMutablePointer<FieldTable>, to image: UnsafeMutableRawPointer
  ) throws(JSONFailure) {
    switch unsafe field.pointee.kind {
    case .int32, .sint32, .sfixed32:
      let number = try int32()
      try unsafe place(of: field, in: image).storeBytes(of: number, as: Int32.self)
    case .uint32, .fixed32:
      let number = try uint32()
      try unsafe place(of: field, in: image).storeBytes(of: number, as: UInt32.self)
    case .int64, .sint64, .sfixed64:
      let number = try int64()
      try unsafe place(of: field, in: image).storeBytes(of: number, as: Int64.self)
    case .uint64, .fixed64:
      let number = try uint64()
      try unsafe place(of: field, in: image).storeBytes(of: number, as: UInt64.self)
    case .float:
      let number = try float()
      try unsafe place(of: field, in: image).storeBytes(of: number, as: Float.self)
    case .double:
      let number = try double()
      try unsafe place(of: field, in: image).storeBytes(of: number, as: Double.self)
    case .bool:
      let value = try bool()
      try unsafe place(of: field, in: image).storeBytes(of: value ? 1 : 0, as: UInt64.self)
    case .enumeration:
      guard let number = try unsafe number(of: field.pointee.enumeration) else { return }
      try unsafe place(of: field, in: image).storeBytes(of: number, as: Int32.self)
    case .string:
      let text = try unsafe input.string("a string")
      try unsafe store(text, to: place(of: field, in: image))
    case .bytes:
      let bytes = try unsafe base64()
      try unsafe store(bytes, to: place(of: field, in: image))
    case .message, .group:
      guard let table = unsafe field.pointee.message else { return }
      let message = try unsafe message(table)
      try unsafe store(message, to: image, field)
    }
  }

  /// Reads the key of a map's entry, and the colon behind it.
  mutating func readKey(
    _ field: UnsafeMutablePointer<FieldTable>, to entry: UnsafeMutableRawPointer
  ) throws(JSONFailure) {
    guard input.next == UInt8(ascii: "\"") else { throw input.unexpected("a key") }
    if unsafe field.pointee.kind == .bool {
      let key = try unsafe input.string("a key")
      let value: Bool
      switch unsafe String(decoding: key, as: UTF8.self) {
      case "true": value = true
      case "false": value = false
      default: throw input.failure("the key before is neither true nor false")
      }
      try unsafe place(of: field, in: entry).storeBytes(of: value ? 1 : 0, as: UInt64.self)
    } else {
      try unsafe readValue(field, to: entry)
    }
    input.skipWhitespace()
    guard input.consume(UInt8(ascii: ":")) else { throw input.unexpected("a colon") }
    input.skipWhitespace()
  }

  private func store(_ bytes: UnsafeBufferPointer<UInt8>, to place: UnsafeMutableRawPointer) {
    unsafe place.storeBytes(of: bytes.count, as: Int.self)
    unsafe place.storeBytes(of: bytes.baseAddress, toByteOffset: 8, as: UnsafePointer<UInt8>?.self)
  }

  private mutating func bool() throws(JSONFailure) -> Bool {
    if input.consume("true") { return true }
    if input.consume("false") { return false }
    throw input.unexpected("a boolean")
  }

  private mutating func base64() throws(JSONFailure) -> UnsafeBufferPointer<UInt8> {
    let text = try unsafe input.string("a string")
    guard let room = unsafe arena.pointee.allocateWithinBudget((text.count + 3) / 4 * 3) else {
      throw input.outOfMemory()
    }
    guard let count = unsafe decodeBase64(text, to: room) else {
      throw input.failure("the string before is not base64")
    }
    return unsafe UnsafeBufferPointer(start: room.assumingMemoryBound(to: UInt8.self), count: count)
  }

  /// The number of an enum's value by its name or as it is; nil for a name that is to be passed over.
  private mutating func number(of enumeration: UnsafePointer<EnumTable>?) throws(JSONFailure) -> Int32? {
    if unsafe enumeration?.pointee.isNullValue == true, input.consume("null") { return 0 }
    if input.next == UInt8(ascii: "\"") {
      let name = try unsafe input.string("a name")
      if let number = unsafe enumeration?.pointee.number(named: String(decoding: name, as: UTF8.self)) {
        return number
      }
      if options.ignoresUnknownFields { return nil }
      throw input.failure("its enum does not have the name before")
    }
    guard input.isAtNumber else { throw input.unexpected("the name or the number of an enum") }
    let number = try int32()
    if unsafe enumeration?.pointee.isClosed == true, unsafe enumeration?.pointee.hasName(for: number) == false
    {
      if options.ignoresUnknownFields { return nil }
      throw input.failure("its enum does not have the number before")
    }
    return number
  }
}

// Numbers, which may be strings.
extension JSONReader {
  private mutating func int32() throws(JSONFailure) -> Int32 {
    guard let value = Int32(exactly: try int64()) else {
      throw input.failure("the number before is out of range")
    }
    return value
  }

  private mutating func uint32() throws(JSONFailure) -> UInt32 {
    guard let value = UInt32(exactly: try uint64()) else {
      throw input.failure("the number before is out of range")
    }
    return value
  }

  private mutating func int64() throws(JSONFailure) -> Int64 {
    guard let value = try number().signedInteger else {
      throw input.failure("the number before is out of range, or not a whole one")
    }
    return value
  }

  private mutating func uint64() throws(JSONFailure) -> UInt64 {
    guard let value = try number().unsignedInteger else {
      throw input.failure("the number before is out of range, or not a whole one")
    }
    return value
  }

  private mutating func float() throws(JSONFailure) -> Float {
    if let value = nonNumber() { return Float(value) }
    guard let value = try number().float else { throw input.failure("the number before is out of range") }
    return value
  }

  private mutating func double() throws(JSONFailure) -> Double {
    if let value = nonNumber() { return value }
    guard let value = try number().double else { throw input.failure("the number before is out of range") }
    return value
  }

  /// One of the strings for what is no number.
  private mutating func nonNumber() -> Double? {
    guard input.next == UInt8(ascii: "\"") else { return nil }
    if input.consume("\"NaN\"") { return .nan }
    if input.consume("\"Infinity\"") { return .infinity }
    if input.consume("\"-Infinity\"") { return -.infinity }
    return nil
  }

  private mutating func number() throws(JSONFailure) -> JSONNumber {
    if input.next == UInt8(ascii: "\"") {
      let text = try unsafe input.string("a number")
      guard let start = text.baseAddress, let number = unsafe JSONNumber(at: start),
        unsafe number.end == start + text.count
      else { throw input.failure("the string before is not a number") }
      return number
    }
    guard let number = unsafe JSONNumber(at: input.cursor) else { throw input.unexpected("a number") }
    unsafe input.cursor = number.end
    return number
  }
}

extension JSONInput {
  /// Whether a number is next that is no string.
  var isAtNumber: Bool { next == UInt8(ascii: "-") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= next }
}
