/// The bytes that `text` writes in hexadecimal.
func bytes(_ text: String) -> [UInt8] {
  var digits = text.filter { !$0.isWhitespace }[...]
  var bytes: [UInt8] = []
  while !digits.isEmpty {
    bytes.append(UInt8(digits.prefix(2), radix: 16) ?? 0)
    digits = digits.dropFirst(2)
  }
  return bytes
}

/// A tag, a length and `content`: a length-delimited field.
func field(_ number: Int, _ content: [UInt8]) -> [UInt8] {
  varint(number << 3 | 2) + varint(content.count) + content
}

func varint(_ value: Int) -> [UInt8] {
  var rest = value
  var bytes: [UInt8] = []
  while rest >= 0x80 {
    bytes.append(UInt8(rest & 0x7f) | 0x80)
    rest >>= 7
  }
  return bytes + [UInt8(rest)]
}
