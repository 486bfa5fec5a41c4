extension JSONOutput {
  /// A string in quotes.
  mutating func append(quoted text: UnsafeBufferPointer<UInt8>) {
    append(UInt8(ascii: "\""))
    unsafe append(escaping: UnsafeRawBufferPointer(text))
    append(UInt8(ascii: "\""))
  }

  private mutating func append(escaping text: UnsafeRawBufferPointer) {
    guard var next = text.baseAddress else { return }
    var remaining = text.count
    while remaining > 0 {
      var plain = 0
      unsafe append(upTo: remaining) { place in
        plain = unsafe copyPlain(next, remaining, to: place)
        return plain
      }
      unsafe next += plain
      remaining -= plain
      guard remaining > 0 else { return }
      append(escape: unsafe next.load(as: UInt8.self))
      unsafe next += 1
      remaining -= 1
    }
  }

  private mutating func append(escape byte: UInt8) {
    append(UInt8(ascii: "\\"))
    switch byte {
    case 0x08: append(UInt8(ascii: "b"))
    case 0x09: append(UInt8(ascii: "t"))
    case 0x0a: append(UInt8(ascii: "n"))
    case 0x0c: append(UInt8(ascii: "f"))
    case 0x0d: append(UInt8(ascii: "r"))
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
    default:
      append("u00")
      append(hexadecimal: byte >> 4)
      append(hexadecimal: byte & 15)
    }
  }

  private mutating func append(hexadecimal digit: UInt8) {
    append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
  }
}

/// Copies what needs no escape, up to the first byte that does; returns the number of bytes.
private func copyPlain(
  _ source: UnsafeRawPointer, _ count: Int, to target: UnsafeMutableRawPointer
) -> Int {
  var position = 0
  while position + 8 <= count {
    let word = unsafe source.loadUnaligned(fromByteOffset: position, as: UInt64.self)
    unsafe target.storeBytes(of: word, toByteOffset: position, as: UInt64.self)
    let marks = marksOfSpecialBytes(word)
    if marks != 0 { return position + marks.trailingZeroBitCount >> 3 }
    position += 8
  }
  while position < count {
    let byte = unsafe source.load(fromByteOffset: position, as: UInt8.self)
    if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
    unsafe target.storeBytes(of: byte, toByteOffset: position, as: UInt8.self)
    position += 1
  }
  return position
}

/// Sets the highest bit of the first of eight bytes that cannot be in a JSON string as they are, and maybe of later ones: control
/// characters, quotes, backslashes. Zero when there are none.
@inline(__always)
func marksOfSpecialBytes(_ word: UInt64) -> UInt64 {
  let ones: UInt64 = 0x0101_0101_0101_0101
  let quotes = word ^ (ones &* 0x22)
  let backslashes = word ^ (ones &* 0x5c)
  let marks =
    (word &- (ones &* 0x20)) & ~word | (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes
  return marks & (ones &* 0x80)
}
