/// Reads fields in the wire format without a table.
@safe struct UnknownFieldBytes {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  init(_ bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }

  /// What a field holds. A group's fields come next, up to `groupEnd`.
  @safe enum Value {
    case varint(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    case delimited(UnsafeRawBufferPointer)
    case groupStart
    case groupEnd
  }

  var isAtEnd: Bool { unsafe position == bytes.count }

  /// The number and the value of the next field; nil at the end, and where the bytes are no field.
  mutating func next() -> (number: UInt32, value: Value)? {
    guard let tag = varint(maximumByteCount: 5), tag <= UInt32.max, tag >> 3 != 0 else { return nil }
    guard let value = value(wireType: UInt8(tag & 7)) else { return nil }
    return (UInt32(tag >> 3), value)
  }

  /// The value of a field whose tag was read elsewhere.
  mutating func value(wireType: UInt8) -> Value? {
    switch wireType {
    case 0: varint(maximumByteCount: 10).map { .varint($0) }
    case 1: unsafe skip(8).map { bytes in .fixed64(unsafe bytes.loadUnaligned(as: UInt64.self)) }
    case 2:
      if let count = varint(maximumByteCount: 10), let count = Int(exactly: count),
        let content = unsafe skip(count)
      {
        unsafe .delimited(content)
      } else {
        nil
      }
    case 3: .groupStart
    case 4: .groupEnd
    case 5: unsafe skip(4).map { bytes in .fixed32(unsafe bytes.loadUnaligned(as: UInt32.self)) }
    default: nil
    }
  }

  /// Whether the bytes are fields from here to their end, with no more than `depth` groups inside each other.
  var areFields: Bool { areFields(maximumDepth: .max) }

  func areFields(maximumDepth: Int) -> Bool {
    var rest = self
    var groups: [UInt32] = []
    while !rest.isAtEnd {
      guard let (number, value) = rest.next() else { return false }
      switch value {
      case .groupStart:
        if groups.count >= maximumDepth { return false }
        groups.append(number)
      case .groupEnd: if groups.popLast() != number { return false }
      default: break
      }
    }
    return groups.isEmpty
  }

  private mutating func varint(maximumByteCount: Int) -> UInt64? {
    var value: UInt64 = 0
    for index in 0..<maximumByteCount {
      guard unsafe position < bytes.count else { return nil }
      let byte = unsafe bytes[position]
      position += 1
      value |= UInt64(byte & 0x7f) << (7 * UInt64(index))
      if byte < 0x80 { return value }
    }
    return nil
  }

  private mutating func skip(_ count: Int) -> UnsafeRawBufferPointer? {
    guard unsafe count >= 0 && count <= bytes.count - position else { return nil }
    let skipped = unsafe UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    position += count
    return unsafe skipped
  }
}
