internal import CProtobufC
internal import ThinGRPC

// protobuf-c unpacks by recursion without a limit, so hostile bytes would overflow the stack. Types that can
// contain themselves are therefore walked here first. The walk follows protobuf-c's own reading and refuses
// whatever it does not understand, so that nothing deep can hide from it. Types of a bounded depth need no walk.

/// Checks that no message in `bytes` is nested deeper than `limit` levels.
///
/// - Throws: `MessageCodingError` when one is, or when the bytes are malformed.
func checkDepth(
  of bytes: UnsafeRawBufferPointer, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, limit: Int
) throws(MessageCodingError) {
  let name = unsafe String(cString: descriptor.pointee.name)
  switch unsafe walk(bytes, descriptor, levels: limit) {
  case .fine: return
  case .tooDeep:
    throw MessageCodingError("The \(name) is nested deeper than the limit of \(limit) levels")
  case .malformed:
    throw MessageCodingError("The bytes are not a valid \(name)")
  }
}

private enum Verdict { case fine, tooDeep, malformed }

private func walk(
  _ bytes: UnsafeRawBufferPointer, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, levels: Int
) -> Verdict {
  if levels == 0 { return .tooDeep }
  var cursor = unsafe WireCursor(bytes)
  while unsafe !cursor.isAtEnd {
    guard let tag = unsafe cursor.varint(maximumByteCount: 5), tag >> 3 != 0, tag >> 3 <= Int32.max else {
      return .malformed
    }
    switch tag & 7 {
    case 0: guard unsafe cursor.varint(maximumByteCount: 10) != nil else { return .malformed }
    case 1: guard unsafe cursor.skip(8) != nil else { return .malformed }
    case 5: guard unsafe cursor.skip(4) != nil else { return .malformed }
    case 2:
      guard let length = unsafe cursor.varint(maximumByteCount: 5), length <= Int32.max,
        let content = unsafe cursor.skip(Int(length))
      else { return .malformed }
      guard
        let field = unsafe protobuf_c_message_descriptor_get_field(descriptor, UInt32(tag >> 3)),
        unsafe field.pointee.type == PROTOBUF_C_TYPE_MESSAGE,
        let inner = unsafe field.pointee.descriptor?.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
      else { continue }
      let verdict = unsafe walk(content, inner, levels: levels - 1)
      if verdict != .fine { return verdict }
    default: return .malformed
    }
  }
  return .fine
}

/// Reads the wire format piece by piece.
@unsafe private struct WireCursor {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  init(_ bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }

  var isAtEnd: Bool { unsafe position == bytes.count }

  mutating func varint(maximumByteCount: Int) -> UInt64? {
    var value: UInt64 = 0
    for index in 0..<maximumByteCount {
      guard unsafe position < bytes.count else { return nil }
      let byte = unsafe bytes[position]
      unsafe position += 1
      value |= UInt64(byte & 0x7f) << (7 * UInt64(index))
      if byte < 0x80 { return value }
    }
    return nil
  }

  mutating func skip(_ count: Int) -> UnsafeRawBufferPointer? {
    guard unsafe count <= bytes.count - position else { return nil }
    let skipped = unsafe UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    unsafe position += count
    return unsafe skipped
  }
}
