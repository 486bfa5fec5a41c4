import ThinGRPCProtobuf

/// A kind of input that wants much memory for its size.
struct HostileInput: Sendable {
  let name: String
  /// As much of it as the number of bytes says, or a little less.
  let bytes: @Sendable (Int) -> [UInt8]
  /// What it is decoded as; the value, so that it lives until the peak was looked at.
  let decode: @Sendable ([UInt8]) throws -> Any

  static var all: [HostileInput] { binary + extensions + json + text }
}

// How inputs are made. None makes more than it returns: what was freed before would be missing from the peak.

/// A piece again and again, between a beginning and an end.
func repeated(
  _ piece: String, from beginning: String = "", to end: String = "", _ byteCount: Int
) -> [UInt8] {
  repeated(Array(piece.utf8), from: Array(beginning.utf8), to: Array(end.utf8), byteCount)
}

/// The same of bytes.
func repeated(
  _ piece: [UInt8], from beginning: [UInt8] = [], to end: [UInt8] = [], _ byteCount: Int
) -> [UInt8] {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(byteCount)
  bytes += beginning
  // Many at once, as they are appended without being optimized in tests.
  let many = Array([[UInt8]](repeating: piece, count: max(1, 1024 / piece.count)).joined())
  for pieces in [many, piece] {
    while bytes.count + pieces.count + end.count <= byteCount { bytes += pieces }
  }
  bytes += end
  return bytes
}

/// Different pieces, one of each number from 0.
func numbered(
  from beginning: String = "", to end: String = "", _ byteCount: Int, _ piece: (Int) -> [UInt8]
) -> [UInt8] {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(byteCount)
  bytes += beginning.utf8
  var number = 0
  while true {
    let next = piece(number)
    guard bytes.count + next.count + end.utf8.count <= byteCount else { break }
    bytes += next
    number += 1
  }
  bytes += end.utf8
  return bytes
}

/// A length-delimited field that has so many bytes in all, tag and length included.
func field(_ number: Int, _ byteCount: Int, _ content: (Int) -> [UInt8]) -> [UInt8] {
  let inner = content(max(byteCount - 8, 0))
  var bytes: [UInt8] = []
  bytes.reserveCapacity(inner.count + 8)
  bytes += varint(number << 3 | 2)
  bytes += varint(inner.count)
  bytes += inner
  return bytes
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
