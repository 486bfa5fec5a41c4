/// Whether bytes are UTF-8.
///
/// The standard library's validation leaves its quick way for ASCII at the first character that is not.
func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
  var position = 0
  while position < bytes.count {
    if position + 8 <= bytes.count,
      unsafe bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
    {
      position += 8
      continue
    }
    let first = unsafe bytes[position]
    if first < 0x80 {
      position += 1
      continue
    }
    guard let byteCount = unsafe byteCountOfCharacter(in: bytes, at: position) else { return false }
    position += byteCount
  }
  return true
}

/// The bytes of a character that is not ASCII; nil where there is none (Table 3-7 of the Unicode standard).
private func byteCountOfCharacter(in bytes: UnsafeRawBufferPointer, at position: Int) -> Int? {
  let byteCount: Int
  let second: ClosedRange<UInt8>
  switch unsafe bytes[position] {
  case 0xc2...0xdf: (byteCount, second) = (2, 0x80...0xbf)
  case 0xe0: (byteCount, second) = (3, 0xa0...0xbf)
  case 0xed: (byteCount, second) = (3, 0x80...0x9f)
  case 0xe1...0xef: (byteCount, second) = (3, 0x80...0xbf)
  case 0xf0: (byteCount, second) = (4, 0x90...0xbf)
  case 0xf1...0xf3: (byteCount, second) = (4, 0x80...0xbf)
  case 0xf4: (byteCount, second) = (4, 0x80...0x8f)
  default: return nil
  }
  guard position + byteCount <= bytes.count, unsafe second.contains(bytes[position + 1]) else { return nil }
  for index in position + 2..<max(position + 2, position + byteCount) where unsafe bytes[index] & 0xc0 != 0x80
  {
    return nil
  }
  return byteCount
}
