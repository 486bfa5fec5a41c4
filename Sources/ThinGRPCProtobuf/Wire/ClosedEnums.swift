// An enum of proto2 is closed: a received number without a name is no value of it, and is kept as an unknown field.

extension FieldTable {
  /// Whether all that came for the field is a value of its type; false only for a closed enum, or a map with values of one.
  ///
  /// The field has the wire type that it should have, and is well-formed.
  func accepts(_ wire: WireField) -> Bool {
    if isMap { return unsafe acceptsEntry(wire.content) }
    guard let enumeration = unsafe enumeration, unsafe enumeration.pointee.isClosed else { return true }
    // One number, or all those of a packed field.
    var reader = unsafe WireReader(wire.content)
    while let value = unsafe try? reader.nextVarint() {
      if !accepts(value) { return false }
    }
    return true
  }

  /// Whether a number is a value of the field's enum.
  func accepts(_ value: UInt64) -> Bool {
    guard let enumeration = unsafe enumeration, unsafe enumeration.pointee.isClosed else { return true }
    return unsafe enumeration.pointee.hasName(for: Int32(truncatingIfNeeded: value))
  }

  /// A map's entry whose value is none is unknown as a whole.
  private func acceptsEntry(_ entry: UnsafeRawBufferPointer) -> Bool {
    guard let value = unsafe message?.pointee.fields.last, let enumeration = unsafe value.enumeration,
      unsafe enumeration.pointee.isClosed
    else { return true }
    var reader = unsafe WireReader(entry)
    var last: UInt64?
    while let wire = unsafe try? reader.next(levels: .max) {
      guard unsafe wire.number == value.number, unsafe wire.wireType == .varint else { continue }
      var number = unsafe WireReader(wire.content)
      last = unsafe try? number.nextVarint()
    }
    return last.map { value.accepts($0) } ?? true
  }
}
