// protobuf-c reads packed numbers byte by byte, twice. They are most of what large messages of numbers cost, so they are read
// here, eight bytes at a time. The bytes lie in the arena, where some bytes beyond them can be read.

/// How many numbers there are in the bytes of a packed field; nil when the last has no end.
func packedNumberCount(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
  guard let last = unsafe bytes.last, let start = bytes.baseAddress else { return 0 }
  guard last < 0x80 else { return nil }
  var count = 0
  var position = 0
  while bytes.count - position >= 8 {
    // The last bytes of numbers, counted in eight lanes that hold up to 255 each.
    let end = position + 8 * min(255, (bytes.count - position) / 8)
    var lanes: UInt64 = 0
    while position < end {
      let word = unsafe UnsafeRawPointer(start + position).loadUnaligned(as: UInt64.self)
      lanes &+= (~word &>> 7) & 0x0101_0101_0101_0101
      position += 8
    }
    let sums = (lanes & 0x00ff_00ff_00ff_00ff) &+ (lanes &>> 8 & 0x00ff_00ff_00ff_00ff)
    count += Int((sums &* 0x0001_0001_0001_0001) &>> 48)
  }
  while position < bytes.count {
    if unsafe bytes[position] < 0x80 { count += 1 }
    position += 1
  }
  return count
}

/// Reads the numbers in the bytes of a packed field, the last of which has an end; returns where the memory behind them begins, or
/// nil when one is longer than numbers can be.
///
/// - Parameters:
///   - kind: a type of varints.
///   - output: room for the numbers, as an image has them.
func readPackedNumbers(
  _ bytes: UnsafeBufferPointer<UInt8>, _ kind: FieldType.Kind, to output: UnsafeMutableRawPointer
) -> UnsafeMutableRawPointer? {
  switch kind {
  case .sint32:
    unsafe forEachNumber(bytes, output) { place, number in
      let zigzag = UInt32(truncatingIfNeeded: number)
      unsafe store(zigzag &>> 1 ^ (0 &- zigzag & 1), to: &place)
    }
  case .sint64:
    unsafe forEachNumber(bytes, output) { place, number in
      unsafe store(number &>> 1 ^ (0 &- number & 1), to: &place)
    }
  case .int64, .uint64, .bool:
    unsafe forEachNumber(bytes, output) { place, number in unsafe store(number, to: &place) }
  default:
    unsafe forEachNumber(bytes, output) { place, number in
      unsafe store(UInt32(truncatingIfNeeded: number), to: &place)
    }
  }
}

@inline(__always)
private func store<Number: FixedWidthInteger & BitwiseCopyable>(
  _ number: Number, to place: inout UnsafeMutableRawPointer
) {
  unsafe place.storeBytes(of: number, as: Number.self)
  unsafe place += MemoryLayout<Number>.size
}

/// Hands each number to `body`, with the place that it moves on; returns the last place, nil when a number is too long.
@inline(__always)
private func forEachNumber(
  _ bytes: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutableRawPointer,
  _ body: (inout UnsafeMutableRawPointer, UInt64) -> Void
) -> UnsafeMutableRawPointer? {
  var output = unsafe output
  guard let start = bytes.baseAddress else { return unsafe output }
  var place = unsafe UnsafeRawPointer(start)
  let end = unsafe place + bytes.count
  while unsafe place < end {
    let word = unsafe place.loadUnaligned(as: UInt64.self)
    let lastBytes = ~word & 0x8080_8080_8080_8080
    if lastBytes & 0x80 != 0 {
      if lastBytes == 0x8080_8080_8080_8080, unsafe end - place >= 8 {
        for index: UInt64 in 0..<8 { unsafe body(&output, word &>> (8 &* index) & 0x7f) }
        unsafe place += 8
      } else {
        unsafe body(&output, word & 0x7f)
        unsafe place += 1
      }
    } else if lastBytes != 0 {
      // All up to the first last byte.
      unsafe body(&output, joined(word & (lastBytes ^ (lastBytes &- 1))))
      unsafe place += lastBytes.trailingZeroBitCount &>> 3 &+ 1
    } else {
      // Nine bytes or ten. What follows is there: the last of all bytes ends a number.
      var number = joined(word)
      let ninth = unsafe place.load(fromByteOffset: 8, as: UInt8.self)
      number |= UInt64(ninth & 0x7f) &<< 56
      unsafe place += 9
      if ninth >= 0x80 {
        let tenth = unsafe place.load(as: UInt8.self)
        guard tenth < 0x80 else { return nil }
        number |= UInt64(tenth) &<< 63
        unsafe place += 1
      }
      unsafe body(&output, number)
    }
  }
  return unsafe output
}

/// The seven low bits of each byte, joined.
@inline(__always)
private func joined(_ word: UInt64) -> UInt64 {
  let pairs = word & 0x007f_007f_007f_007f | (word & 0x7f00_7f00_7f00_7f00) &>> 1
  let quads = pairs & 0x0000_3fff_0000_3fff | (pairs & 0x3fff_0000_3fff_0000) &>> 2
  return quads & 0x0fff_ffff | (quads & 0x0fff_ffff_0000_0000) &>> 4
}
