internal import ThinGRPC

extension TextFormatScanner {
  var isAtString: Bool { isAt("\"") || isAt("'") }

  /// What the strings that come next stand for, joined, in the arena; nil when the next token is no string.
  mutating func string(
    _ arena: UnsafeMutablePointer<Arena>
  ) throws(MessageCodingError) -> UnsafeBufferPointer<UInt8>? {
    guard isAtString else { return nil }
    let start = position
    var bound = 0
    // First to their end: what is written is never shorter than what it stands for.
    repeat { bound += try skipString() } while isAtString
    let end = position
    position = start
    guard let room = unsafe arena.pointee.allocateWithinBudget(bound) else { throw memoryIsSpent() }
    let bytes = unsafe UnsafeMutableBufferPointer(
      start: room.bindMemory(to: UInt8.self, capacity: bound), count: bound)
    var count = 0
    while position < end { try unsafe takeString(into: bytes, &count) }
    return unsafe UnsafeBufferPointer(rebasing: bytes[..<count])
  }

  /// Passes over a string; returns the number of bytes between its quotes.
  @discardableResult
  mutating func skipString() throws(MessageCodingError) -> Int {
    let start = position
    let quote = byte()
    position += 1
    while byte() != quote {
      if isAt("\\") { position += 1 }
      if isAtEnd || byte() == 0 || isAt("\n") {
        throw failure("The string does not end on its line", at: start)
      }
      position += 1
    }
    position += 1
    let count = position - start - 2
    skipBlanks()
    return count
  }

  /// Takes a string that is known to end.
  private mutating func takeString(
    into bytes: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int
  ) throws(MessageCodingError) {
    let quote = byte()
    position += 1
    while byte() != quote {
      if isAt("\\") {
        try unsafe takeEscape(into: bytes, &count)
      } else {
        unsafe bytes[count] = byte()
        count += 1
        position += 1
      }
    }
    position += 1
    skipBlanks()
  }

  private mutating func takeEscape(
    into bytes: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int
  ) throws(MessageCodingError) {
    let start = position
    position += 1
    let letter = byte()
    position += 1
    let value: UInt8
    switch letter {
    case UInt8(ascii: "a"): value = 0x07
    case UInt8(ascii: "b"): value = 0x08
    case UInt8(ascii: "t"): value = 0x09
    case UInt8(ascii: "n"): value = 0x0a
    case UInt8(ascii: "v"): value = 0x0b
    case UInt8(ascii: "f"): value = 0x0c
    case UInt8(ascii: "r"): value = 0x0d
    case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "?"): value = letter
    case UInt8(ascii: "x"):
      let (digits, code) = hexadecimal(atMost: 2)
      if digits == 0 { throw failure("A hexadecimal digit is expected") }
      value = UInt8(code)
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      var code = Int(letter - UInt8(ascii: "0"))
      for _ in 0..<2 where byte().isOctalDigit {
        code = code * 8 + Int(byte() - UInt8(ascii: "0"))
        position += 1
      }
      guard let byte = UInt8(exactly: code) else { throw failure("An escape of more than a byte", at: start) }
      value = byte
    case UInt8(ascii: "u"), UInt8(ascii: "U"):
      let length = letter == UInt8(ascii: "u") ? 4 : 8
      let (digits, code) = hexadecimal(atMost: length)
      guard digits == length, let character = Unicode.Scalar(code) else {
        throw failure("An escape that is no character of Unicode", at: start)
      }
      for byte in String(character).utf8 {
        unsafe bytes[count] = byte
        count += 1
      }
      return
    default: throw failure("An escape that text format does not have", at: start)
    }
    unsafe bytes[count] = value
    count += 1
  }

  private mutating func hexadecimal(atMost length: Int) -> (digits: Int, value: UInt32) {
    var value: UInt32 = 0
    for index in 0..<length {
      guard let digit = byte().hexadecimalDigit else { return (index, value) }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return (length, value)
  }
}
