// Base64 (RFC 4648) by tables, which are made once: two characters at a time are written, and four are read.

/// The characters of each pair of six-bit values: what they are in memory, one after the other.
private let pairs: Base64Table<UInt16> = {
  let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  return Base64Table(
    (0..<4096).map { index in
      let first = unsafe alphabet.utf8Start[index >> 6]
      let second = unsafe alphabet.utf8Start[index & 63]
      return UInt16(littleEndian: UInt16(first) | UInt16(second) << 8)
    })
}()

/// What a character stands for, of both alphabets, moved to its place among four: four tables one after the other. What is no
/// character of base64 has the highest bit set.
private let values: Base64Table<UInt32> = {
  let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"
  var values = [UInt32](repeating: 1 << 31, count: 4 * 256)
  for index in 0..<alphabet.utf8CodeUnitCount {
    let character = unsafe Int(alphabet.utf8Start[index])
    // The last two are the other forms of 62 and 63.
    let value = UInt32(index < 64 ? index : index - 2)
    for place in 0..<4 { values[256 * place + character] = value << UInt32(18 - 6 * place) }
  }
  return Base64Table(values)
}()

/// A table that is never freed.
@safe private struct Base64Table<Element>: @unchecked Sendable {
  // Sendable: it is not written again.
  let elements: UnsafePointer<Element>

  init(_ elements: [Element]) {
    unsafe self.elements = makePermanent(elements).baseAddress.unsafelyUnwrapped
  }
}

extension JSONOutput {
  /// Bytes in base64, with padding, in quotes.
  mutating func append(base64 bytes: UnsafeBufferPointer<UInt8>) {
    append(UInt8(ascii: "\""))
    let table = unsafe pairs.elements
    unsafe append(upTo: (bytes.count + 2) / 3 * 4) { place in
      var position = 0
      var target = unsafe place
      while position + 3 <= bytes.count {
        let group =
          unsafe Int(bytes[position]) << 16 | Int(bytes[position + 1]) << 8 | Int(bytes[position + 2])
        unsafe target.storeBytes(of: table[group >> 12], as: UInt16.self)
        unsafe target.storeBytes(of: table[group & 0xfff], toByteOffset: 2, as: UInt16.self)
        unsafe target += 4
        position += 3
      }
      let rest = bytes.count - position
      if rest > 0 {
        let group = unsafe Int(bytes[position]) << 16 | (rest == 2 ? Int(bytes[position + 1]) << 8 : 0)
        unsafe target.storeBytes(of: table[group >> 12], as: UInt16.self)
        unsafe target.storeBytes(of: table[group & 0xfff], toByteOffset: 2, as: UInt16.self)
        unsafe target.storeBytes(of: UInt8(ascii: "="), toByteOffset: 3, as: UInt8.self)
        if rest == 1 { unsafe target.storeBytes(of: UInt8(ascii: "="), toByteOffset: 2, as: UInt8.self) }
        unsafe target += 4
      }
      return unsafe target - place
    }
    append(UInt8(ascii: "\""))
  }
}

/// Decodes base64 of either alphabet, with or without padding; returns the number of bytes, or nil for what is none.
///
/// - Parameter target: has room for three bytes for every four characters, rounded up.
func decodeBase64(_ text: UnsafeBufferPointer<UInt8>, to target: UnsafeMutableRawPointer) -> Int? {
  var count = text.count
  while count > 0, text.count - count < 2, unsafe text[count - 1] == UInt8(ascii: "=") { count -= 1 }
  // Padding fills the last four up.
  guard count == text.count || text.count % 4 == 0, count % 4 != 1 else { return nil }
  let table = unsafe values.elements
  var place = unsafe target
  var wrong: UInt32 = 0
  var position = 0
  while position + 4 <= count {
    let group =
      unsafe table[Int(text[position])] | table[256 + Int(text[position + 1])]
      | table[512 + Int(text[position + 2])] | table[768 + Int(text[position + 3])]
    wrong |= group
    unsafe place.storeBytes(of: UInt8(truncatingIfNeeded: group >> 16), as: UInt8.self)
    unsafe place.storeBytes(of: UInt8(truncatingIfNeeded: group >> 8), toByteOffset: 1, as: UInt8.self)
    unsafe place.storeBytes(of: UInt8(truncatingIfNeeded: group), toByteOffset: 2, as: UInt8.self)
    unsafe place += 3
    position += 4
  }
  let rest = count - position
  if rest >= 2 {
    var group = unsafe table[Int(text[position])] | table[256 + Int(text[position + 1])]
    if rest == 3 { unsafe group |= table[512 + Int(text[position + 2])] }
    wrong |= group
    unsafe place.storeBytes(of: UInt8(truncatingIfNeeded: group >> 16), as: UInt8.self)
    unsafe place += 1
    if rest == 3 {
      unsafe place.storeBytes(of: UInt8(truncatingIfNeeded: group >> 8), as: UInt8.self)
      unsafe place += 1
    }
  }
  return wrong >> 31 == 0 ? unsafe place - target : nil
}
