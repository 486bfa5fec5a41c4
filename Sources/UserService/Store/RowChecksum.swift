/// A hash of 64 bits over the values of a row, in their order.
///
/// Every step is a bijection of the state, so a change within eight bytes of a value always changes the hash; any other
/// accident escapes it once in 2^64. It is not meant against somebody who wants to deceive: who can write the file can
/// write the hash.
struct RowChecksum {
  private var state: UInt64 = 0x243F_6A88_85A3_08D3

  /// The hash as SQLite stores it.
  var value: Int64 { Int64(bitPattern: state) }

  mutating func combine(_ word: UInt64) {
    state = (state ^ word) &* 0x9E37_79B9_7F4A_7C15
    state ^= state >> 32
  }

  /// Combines the text's length in bytes, then its bytes, eight at a time.
  mutating func combine(_ text: String) {
    let bytes = text.utf8Span.span
    combine(UInt64(bytes.count))
    var index = 0
    while bytes.count - index >= 8 {
      let eight = bytes.extracting(index..<index + 8)
      let high =
        UInt64(eight[0]) << 56 | UInt64(eight[1]) << 48 | UInt64(eight[2]) << 40 | UInt64(eight[3]) << 32
      let low = UInt64(eight[4]) << 24 | UInt64(eight[5]) << 16 | UInt64(eight[6]) << 8 | UInt64(eight[7])
      combine(high | low)
      index += 8
    }
    guard index < bytes.count else { return }
    var rest: UInt64 = 0
    while index < bytes.count {
      rest = rest << 8 | UInt64(bytes[index])
      index += 1
    }
    combine(rest)
  }
}
