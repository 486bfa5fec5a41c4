internal import CProtobufC

/// The hash of an image that was made from a message: the same for images that are equal by `ImageEquality`.
enum ImageHash {
  /// Feeds what an image holds to a hasher.
  static func combine(_ image: UnsafeRawPointer, into hasher: inout Hasher) {
    let table = unsafe messageTable(of: image)
    for index in unsafe table.pointee.fields.indices {
      unsafe combine(table.pointee.fields[index], of: image, into: &hasher)
    }
    // No field has this number: where a message ends makes a difference to the one around it.
    hasher.combine(UInt32(0))
    let unknown = unsafe unknownFields(of: image)
    for index in unknown.indices {
      let field = unsafe unknown[index]
      unsafe hasher.combine(bytes: UnsafeRawBufferPointer(start: field.data, count: field.len))
    }
  }

  private static func combine(
    _ field: borrowing FieldTable, of image: UnsafeRawPointer, into hasher: inout Hasher
  ) {
    let values = unsafe FieldValues(of: field, in: image)
    // What is not there is not hashed, and neither is a negative zero, which is equal to it.
    guard values.count > 0, unsafe !field.isImplicitZero(in: image) else { return }
    hasher.combine(field.number)
    if field.isRepeated { hasher.combine(values.count) }
    if field.isMap { return hasher.combine(hash(ofMap: values)) }
    for index in 0..<values.count { unsafe combine(values[index], field.kind, into: &hasher) }
  }

  private static func combine(
    _ place: UnsafeRawPointer, _ kind: FieldType.Kind, into hasher: inout Hasher
  ) {
    switch kind {
    case .message, .group: unsafe combine(place.load(as: UnsafeRawPointer.self), into: &hasher)
    // As characters, which can be written in several ways.
    case .string: hasher.combine(unsafe String(decoding: bytes(at: place), as: UTF8.self))
    case .bytes:
      let bytes = unsafe bytes(at: place)
      hasher.combine(bytes.count)
      unsafe hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
    case .float: hasher.combine(unsafe place.load(as: Float.self))
    case .double: hasher.combine(unsafe place.load(as: Double.self))
    case .int32, .sint32, .sfixed32, .uint32, .fixed32, .enumeration:
      hasher.combine(unsafe place.load(as: UInt32.self))
    case .int64, .sint64, .sfixed64, .uint64, .fixed64, .bool:
      hasher.combine(unsafe place.load(as: UInt64.self))
    }
  }

  /// The same in whatever order the entries come.
  private static func hash(ofMap entries: FieldValues) -> Int {
    let table = unsafe messageTable(of: entries.entry(0))
    var sum = 0
    for index in 0..<entries.count {
      var hasher = Hasher()
      for field in unsafe table.pointee.fields.indices {
        let (place, kind) = unsafe (table.pointee.fields[field].valueOffset, table.pointee.fields[field].kind)
        unsafe combine(entries.entry(index) + place, kind, into: &hasher)
      }
      sum &+= hasher.finalize()
    }
    return sum
  }
}

extension FieldTable {
  /// Whether a floating-point field without presence holds a zero, whatever its sign.
  func isImplicitZero(in image: UnsafeRawPointer) -> Bool {
    guard shape == .implicit, kind == .float || kind == .double else { return false }
    guard unsafe isPresent(in: image) else { return true }
    return kind == .float
      ? unsafe image.load(fromByteOffset: valueOffset, as: Float.self) == 0
      : unsafe image.load(fromByteOffset: valueOffset, as: Double.self) == 0
  }
}
