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
    var word: UInt64 = 0
    for index in bytes.indices {
      word = word << 8 | UInt64(bytes[index])
      if index % 8 == 7 {
        combine(word)
        word = 0
      }
    }
    if bytes.count % 8 != 0 { combine(word) }
  }
}
