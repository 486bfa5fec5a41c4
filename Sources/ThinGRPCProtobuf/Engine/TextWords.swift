// Most text of messages is short. A string of up to 15 bytes has them in its own two words, the number of them in the last byte; a
// longer one has their number in the first word and where they are in the second. To go through the standard library for that
// costs several times what the engine takes for the field, and often a reference counted up and down.

/// The two words of a string.
struct TextWords {
  let low: UInt64
  let high: UInt64

  /// The longest text that a string keeps in itself, in bytes.
  static var greatestShortByteCount: Int { 15 }

  @inline(__always) init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  @inline(__always) init(of string: String) {
    (low, high) = unsafe unsafeBitCast(string, to: (UInt64, UInt64).self)
  }

  /// The words of 1 to 15 bytes; nil when they are not ASCII.
  ///
  /// Unsafe: 16 bytes are read.
  @inline(__always) init?(ascii start: UnsafeRawPointer, _ count: Int) {
    var low = unsafe start.loadUnaligned(as: UInt64.self)
    var high: UInt64 = 0
    let unusedBits = UInt64(truncatingIfNeeded: 128 &- 8 &* count)
    if count > 8 {
      high = unsafe start.loadUnaligned(fromByteOffset: 8, as: UInt64.self) & .max &>> unusedBits
    } else {
      low &= .max &>> unusedBits
    }
    if (low | high) & 0x8080_8080_8080_8080 != 0 { return nil }
    self.low = low
    self.high = high | 0xe0 &<< 56 | UInt64(truncatingIfNeeded: count) &<< 56
  }

  /// Whether the bytes are in the words.
  @inline(__always) var isShort: Bool { high & 1 << 61 != 0 }
  @inline(__always) var shortByteCount: Int { Int(truncatingIfNeeded: high &>> 56 & 0xf) }

  /// The bytes where they lie; nil where they are in the words, or in memory that is not the standard library's own.
  @inline(__always) var bytesElsewhere: UnsafeRawBufferPointer? {
    // The highest byte of the address is for marks. What is before the bytes is the head of the storage.
    guard high & 0x7 << 60 == 0, low & 1 << 60 != 0,
      let storage = unsafe UnsafeRawPointer(bitPattern: UInt(truncatingIfNeeded: high & (1 << 60 - 1)))
    else { return nil }
    let count = Int(truncatingIfNeeded: low & (1 << 48 - 1))
    return unsafe UnsafeRawBufferPointer(start: storage + 32, count: count)
  }

  /// The string, made in 16 bytes of `room`. Only of words made of ASCII: they own nothing.
  @inline(__always) func string(in room: UnsafeMutableRawPointer) -> String {
    unsafe store(to: room)
    return unsafe room.assumingMemoryBound(to: String.self).move()
  }

  /// Writes both words.
  @inline(__always) func store(to room: UnsafeMutableRawPointer) {
    unsafe room.storeBytes(of: low, as: UInt64.self)
    unsafe room.storeBytes(of: high, toByteOffset: 8, as: UInt64.self)
  }

  /// Whether the standard library's strings are laid out so: they have been ever since Swift 5, on all platforms of 64 bits and
  /// little endian but Android.
  static func areKnown() -> Bool {
    guard MemoryLayout<String>.size == 16, UInt16(1).littleEndian == 1 else { return false }
    let letters = Array("abcdefghijklmnopqrstuvwxyzäöü".utf8)
    // Made at run time, and a literal, which is kept elsewhere however short it is.
    let strings =
      (1...letters.count).map { String(decoding: letters.prefix($0), as: UTF8.self) } + ["x"]
      + (1...8).map { String(decoding: letters.dropFirst(26).prefix($0), as: UTF8.self) }
    return strings.allSatisfy { string in
      let words = TextWords(of: string)
      let bytes = Array(string.utf8)
      if words.isShort { return words.hold(bytes) }
      return unsafe words.bytesElsewhere.map { unsafe Array($0) == bytes } ?? false
    }
  }

  /// Whether these are the words of `bytes`, which are few.
  private func hold(_ bytes: [UInt8]) -> Bool {
    guard shortByteCount == bytes.count, bytes.count <= Self.greatestShortByteCount else { return false }
    let padded = bytes + [UInt8](repeating: 0, count: 16 - bytes.count)
    let own = (low, high & (1 << 56 - 1))
    let hasBytes = unsafe withUnsafeBytes(of: own) { unsafe padded.elementsEqual($0) }
    if bytes.contains(where: { $0 >= 0x80 }) { return hasBytes }
    let made = unsafe padded.withUnsafeBytes { bytes in
      unsafe TextWords(ascii: bytes.baseAddress.unsafelyUnwrapped, shortByteCount)
    }
    return hasBytes && made.map { $0.low == low && $0.high == high } ?? false
  }
}
