// Not `String(validating:as:)`, which is generic and not specialized. Nearly all text is ASCII, and short: that is found out
// here, several bytes at a time, and made into a string without being looked at again.

/// The string of up to 15 bytes, which are kept inside it; nil when they are not ASCII.
///
/// Unsafe: the bytes lie in an arena, where 16 can be read from every piece.
@usableFromInline
func shortText(_ start: UnsafeRawPointer, _ count: Int) -> String? {
  let low = unsafe start.loadUnaligned(as: UInt64.self)
  let high = unsafe start.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
  let unusedBits = UInt64(truncatingIfNeeded: 8 * (16 - count))
  let used = count > 8 ? low | high << (unusedBits & 63) : low << (unusedBits & 63)
  guard used & 0x8080_8080_8080_8080 == 0 else { return nil }
  return unsafe String(unsafeUninitializedCapacity: 15) { buffer in
    let room = unsafe UnsafeMutableRawPointer(buffer.baseAddress.unsafelyUnwrapped)
    if count >= 8 {
      // The first eight and the last eight, which may overlap.
      unsafe room.storeBytes(of: low, as: UInt64.self)
      unsafe room.storeBytes(
        of: start.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self), toByteOffset: count - 8,
        as: UInt64.self)
    } else {
      unsafe room.storeBytes(of: low, as: UInt64.self)
    }
    return count
  }
}

/// The string of any bytes; nil when they are not UTF-8.
@usableFromInline
func text(_ start: UnsafeRawPointer, _ count: Int) -> String? {
  let bytes = unsafe UnsafeRawBufferPointer(start: start, count: count)
  return unsafe bytes.withMemoryRebound(to: UInt8.self) { bytes in
    if count >= 8, unsafe isASCII(start, count) {
      return String(copying: unsafe UTF8Span(unchecked: bytes.span, isKnownASCII: true))
    }
    guard let text = try? unsafe UTF8Span(validating: bytes.span) else { return nil }
    return String(copying: text)
  }
}

/// Whether no byte of at least eight has its highest bit set.
private func isASCII(_ start: UnsafeRawPointer, _ count: Int) -> Bool {
  var position = 0
  while position + 64 <= count {
    let word = unsafe start.loadUnaligned(fromByteOffset: position, as: SIMD8<UInt64>.self)
    if (word & 0x8080_8080_8080_8080) != .zero { return false }
    position += 64
  }
  // The last eight, some of which may be seen twice.
  var word = unsafe start.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
  while position + 8 <= count {
    unsafe word |= start.loadUnaligned(fromByteOffset: position, as: UInt64.self)
    position += 8
  }
  return word & 0x8080_8080_8080_8080 == 0
}
