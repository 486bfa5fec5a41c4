extension JSONInput {
  /// The content of the string that is next: in place, or without its escapes in the arena. A byte that is neither a digit
  /// nor of a number comes behind it, and 16 bytes can be read from its start.
  mutating func string(_ expected: StaticString) throws(JSONFailure) -> UnsafeBufferPointer<UInt8> {
    guard consume(UInt8(ascii: "\"")) else { throw unexpected(expected) }
    let content = unsafe cursor
    var hasEscapes = false
    while true {
      unsafe cursor = endOfPlainText(cursor)
      switch next {
      case UInt8(ascii: "\""):
        let text = unsafe UnsafeBufferPointer(start: content, count: cursor - content)
        unsafe cursor += 1
        return try unsafe hasEscapes ? unescaped(text) : text
      case UInt8(ascii: "\\"):
        hasEscapes = true
        // What is escaped is looked at later; it is no end of the string.
        unsafe cursor += 1
        guard next >= 0x20 else { throw failure("a string has no end, or has a control character in it") }
        unsafe cursor += 1
      default: throw failure("a string has no end, or has a control character in it")
      }
    }
  }

  private func unescaped(
    _ text: UnsafeBufferPointer<UInt8>
  ) throws(JSONFailure) -> UnsafeBufferPointer<UInt8> {
    // Without the escapes it is shorter, so there is room for the zero behind it.
    guard let room = unsafe arena.pointee.allocateWithinBudget(text.count),
      var source = text.baseAddress
    else { throw outOfMemory() }
    let start = unsafe room.assumingMemoryBound(to: UInt8.self)
    var target = unsafe start
    let end = unsafe source + text.count
    while unsafe source < end {
      let byte = unsafe source.pointee
      unsafe source += 1
      if byte != UInt8(ascii: "\\") {
        unsafe target.pointee = byte
        unsafe target += 1
        continue
      }
      let escape = unsafe source.pointee
      unsafe source += 1
      if escape == UInt8(ascii: "u") {
        guard let scalar = unsafe unicodeScalar(&source, end) else {
          throw failure("a \\u in the string before is no character")
        }
        if let units = UTF8.encode(scalar) {
          for unit in units {
            unsafe target.pointee = unit
            unsafe target += 1
          }
        }
      } else {
        guard let plain = character(ofEscape: escape) else {
          throw failure("the string before has an escape that JSON does not have")
        }
        unsafe target.pointee = plain
        unsafe target += 1
      }
    }
    unsafe target.pointee = 0
    return unsafe UnsafeBufferPointer(start: start, count: target - start)
  }

  private func character(ofEscape escape: UInt8) -> UInt8? {
    switch escape {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): escape
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0c
    case UInt8(ascii: "n"): 0x0a
    case UInt8(ascii: "r"): 0x0d
    case UInt8(ascii: "t"): 0x09
    default: nil
    }
  }

  /// The character behind `\u`, which takes two of them above U+FFFF.
  private func unicodeScalar(_ source: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Unicode
    .Scalar?
  {
    guard let first = unsafe hexadecimal(&source, end) else { return nil }
    guard 0xd800..<0xdc00 ~= first else { return Unicode.Scalar(first) }
    guard unsafe end - source >= 6, unsafe source[0] == UInt8(ascii: "\\"),
      unsafe source[1] == UInt8(ascii: "u")
    else { return nil }
    unsafe source += 2
    guard let second = unsafe hexadecimal(&source, end), 0xdc00..<0xe000 ~= second else { return nil }
    return Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
  }

  private func hexadecimal(_ source: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> UInt32? {
    guard unsafe end - source >= 4 else { return nil }
    var value: UInt32 = 0
    for _ in 0..<4 {
      let byte = unsafe source.pointee
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: return nil
      }
      value = value << 4 | UInt32(digit)
      unsafe source += 1
    }
    return value
  }
}

/// The first byte that a string does not have as it is: a quote, a backslash, a control character.
@inline(__always)
private func endOfPlainText(_ start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
  var position = unsafe UnsafeRawPointer(start)
  while true {
    // There are zeros behind the end, where this stops.
    let marks = unsafe marksOfSpecialBytes(position.loadUnaligned(as: UInt64.self))
    if marks != 0 {
      return unsafe (position + marks.trailingZeroBitCount >> 3).assumingMemoryBound(to: UInt8.self)
    }
    unsafe position += 8
  }
}
