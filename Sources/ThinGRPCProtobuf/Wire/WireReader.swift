/// Reads the fields of an encoded message one after the other, groups included.
@unsafe struct WireReader {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  init(_ bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }

  /// The next field; nil at the end.
  ///
  /// - Parameter levels: how deep groups may be nested.
  mutating func next(levels: Int) throws(WireFault) -> WireField? {
    guard unsafe position < bytes.count else { return nil }
    let start = unsafe position
    let (number, wireType) = try unsafe tag()
    let content = try unsafe content(of: wireType, number, levels)
    return unsafe WireField(
      number: number, wireType: wireType, content: content,
      whole: UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
  }

  /// The next number of a packed field; nil at the end.
  mutating func nextVarint() throws(WireFault) -> UInt64? {
    guard unsafe position < bytes.count else { return nil }
    return try unsafe varint(maximumByteCount: 10)
  }

  private mutating func tag() throws(WireFault) -> (number: UInt32, WireField.WireType) {
    let tag = try unsafe varint(maximumByteCount: 5)
    guard tag >> 3 != 0, tag <= UInt32.max, let wireType = WireField.WireType(rawValue: UInt8(tag & 7))
    else { throw .malformed }
    return (UInt32(tag >> 3), wireType)
  }

  private mutating func content(
    of wireType: WireField.WireType, _ number: UInt32, _ levels: Int
  ) throws(WireFault) -> UnsafeRawBufferPointer {
    let start = unsafe position
    switch wireType {
    case .varint:
      _ = try unsafe varint(maximumByteCount: 10)
      return unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<position])
    case .fixed64: return try unsafe take(8)
    case .fixed32: return try unsafe take(4)
    case .lengthDelimited:
      let length = try unsafe varint(maximumByteCount: 5)
      guard length <= Int32.max else { throw .malformed }
      return try unsafe take(Int(length))
    case .startGroup:
      guard levels > 0 else { throw .tooDeep }
      while true {
        let end = unsafe position
        guard unsafe position < bytes.count else { throw .malformed }
        let (inner, wireType) = try unsafe tag()
        if wireType == .endGroup {
          guard inner == number else { throw .malformed }
          return unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        }
        _ = try unsafe content(of: wireType, inner, levels - 1)
      }
    case .endGroup: throw .malformed
    }
  }

  private mutating func varint(maximumByteCount: Int) throws(WireFault) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<maximumByteCount {
      guard unsafe position < bytes.count else { throw .malformed }
      let byte = unsafe bytes[position]
      unsafe position += 1
      value |= UInt64(byte & 0x7f) << (7 * UInt64(index))
      if byte < 0x80 { return value }
    }
    throw .malformed
  }

  private mutating func take(_ count: Int) throws(WireFault) -> UnsafeRawBufferPointer {
    guard unsafe count <= bytes.count - position else { throw .malformed }
    let taken = unsafe UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    unsafe position += count
    return unsafe taken
  }
}

/// A field as it came.
@unsafe struct WireField {
  enum WireType: UInt8 { case varint, fixed64, lengthDelimited, startGroup, endGroup, fixed32 }

  let number: UInt32
  let wireType: WireType
  /// What stands behind the tag: without the length, and without the tag that ends a group.
  let content: UnsafeRawBufferPointer
  /// All of it, the tags included.
  let whole: UnsafeRawBufferPointer
}

/// Why bytes are no message.
enum WireFault: Error { case malformed, tooDeep }

extension FieldTable {
  /// Whether the field can come with a wire type; repeated numbers come packed as well as one by one.
  func canCome(as wireType: WireField.WireType) -> Bool {
    if wireType == .lengthDelimited, isRepeated { return kind != .group }
    return wireType == kind.wireType
  }
}

extension FieldType.Kind {
  var wireType: WireField.WireType {
    switch self {
    case .int32, .sint32, .uint32, .int64, .sint64, .uint64, .bool, .enumeration: .varint
    case .fixed64, .sfixed64, .double: .fixed64
    case .fixed32, .sfixed32, .float: .fixed32
    case .string, .bytes, .message: .lengthDelimited
    case .group: .startGroup
    }
  }
}
