internal import CProtobufC
internal import Glibc

/// Whether images that were made from messages are equal: as the messages' values are in Swift. Floating-point zeros are equal and
/// NaNs are not, texts are equal where their characters are, and maps whatever the order of their entries.
enum ImageEquality {
  /// Whether two images of the same type are equal.
  static func areEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer) -> Bool {
    let table = unsafe messageTable(of: left)
    for index in unsafe table.pointee.fields.indices {
      guard unsafe areEqual(left, right, table.pointee.fields[index]) else { return false }
    }
    return unsafe haveEqualUnknownFields(left, right)
  }

  private static func areEqual(
    _ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ field: borrowing FieldTable
  ) -> Bool {
    let leftValues = unsafe FieldValues(of: field, in: left)
    let rightValues = unsafe FieldValues(of: field, in: right)
    guard leftValues.count == rightValues.count else {
      // A negative zero is there, and equal to what is not.
      guard unsafe field.isImplicitZero(in: left) else { return false }
      return unsafe field.isImplicitZero(in: right)
    }
    if field.isMap { return areEqualMaps(leftValues, rightValues) }
    for index in 0..<leftValues.count {
      guard unsafe areEqual(leftValues[index], rightValues[index], field.kind) else { return false }
    }
    return true
  }

  private static func areEqual(
    _ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ kind: FieldType.Kind
  ) -> Bool {
    switch kind {
    case .message, .group:
      return unsafe areEqual(
        left.load(as: UnsafeRawPointer.self), right.load(as: UnsafeRawPointer.self))
    case .string: return unsafe areEqualTexts(bytes(at: left), bytes(at: right))
    case .bytes: return unsafe areEqualBytes(bytes(at: left), bytes(at: right))
    case .float: return unsafe left.load(as: Float.self) == right.load(as: Float.self)
    case .double: return unsafe left.load(as: Double.self) == right.load(as: Double.self)
    case .int32, .sint32, .sfixed32, .uint32, .fixed32, .enumeration:
      return unsafe left.load(as: UInt32.self) == right.load(as: UInt32.self)
    case .int64, .sint64, .sfixed64, .uint64, .fixed64, .bool:
      return unsafe left.load(as: UInt64.self) == right.load(as: UInt64.self)
    }
  }

  /// Both have as many entries, whose keys differ.
  private static func areEqualMaps(_ left: FieldValues, _ right: FieldValues) -> Bool {
    guard left.count > 0 else { return true }
    let table = unsafe messageTable(of: left.entry(0))
    let (key, value) = unsafe (table.pointee.fields[0], table.pointee.fields[1])
    var entries: [MapKey: UnsafeRawPointer] = unsafe [:]
    unsafe entries.reserveCapacity(left.count)
    for index in 0..<left.count {
      let entry = unsafe left.entry(index)
      unsafe entries[MapKey(entry + key.valueOffset, key.kind)] = unsafe entry
    }
    for index in 0..<right.count {
      let entry = unsafe right.entry(index)
      guard let other = unsafe entries[MapKey(entry + key.valueOffset, key.kind)],
        unsafe areEqual(other + value.valueOffset, entry + value.valueOffset, value.kind)
      else { return false }
    }
    return true
  }

  private static func areEqualBytes(
    _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    guard left.count == right.count else { return false }
    guard let start = left.baseAddress, let otherStart = right.baseAddress else { return true }
    return unsafe memcmp(start, otherStart, left.count) == 0
  }

  private static func areEqualTexts(
    _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    if unsafe areEqualBytes(left, right) { return true }
    // The same characters can be written in several ways, unless they are all ASCII.
    guard unsafe left.contains(where: { $0 >= 0x80 }) || right.contains(where: { $0 >= 0x80 }) else {
      return false
    }
    return unsafe String(decoding: left, as: UTF8.self) == String(decoding: right, as: UTF8.self)
  }

  private static func haveEqualUnknownFields(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer) -> Bool {
    let (left, right) = unsafe (unknownFields(of: left), unknownFields(of: right))
    guard left.count == right.count else { return false }
    return left.indices.allSatisfy { index in
      let (field, other) = unsafe (left[index], right[index])
      return unsafe field.tag == other.tag && field.wire_type == other.wire_type
        && areEqualBytes(
          UnsafeBufferPointer(start: field.data, count: field.len),
          UnsafeBufferPointer(start: other.data, count: other.len))
    }
  }
}

/// The unknown fields in an image.
func unknownFields(of image: UnsafeRawPointer) -> UnsafeBufferPointer<ProtobufCMessageUnknownField> {
  let message = unsafe image.assumingMemoryBound(to: ProtobufCMessage.self)
  return unsafe UnsafeBufferPointer(
    start: message.pointee.unknown_fields, count: Int(message.pointee.n_unknown_fields))
}

/// The key of a map's entry.
enum MapKey: Hashable {
  case number(UInt64)
  case text(String)

  init(_ place: UnsafeRawPointer, _ kind: FieldType.Kind) {
    if kind == .string {
      self = .text(unsafe String(decoding: bytes(at: place), as: UTF8.self))
    } else if kind.isFourBytes {
      self = .number(UInt64(unsafe place.load(as: UInt32.self)))
    } else {
      self = .number(unsafe place.load(as: UInt64.self))
    }
  }
}

extension FieldValues {
  /// The image of a map's entry.
  func entry(_ index: Int) -> UnsafeRawPointer { unsafe self[index].load(as: UnsafeRawPointer.self) }
}
