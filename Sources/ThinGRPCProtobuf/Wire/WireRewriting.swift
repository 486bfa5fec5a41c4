// Bytes that mean the same, in a form that protobuf-c reads as protobuf wants it.

/// Marks in the number of a field that protobuf-c is to keep as unknown, above all numbers that fields can have.
enum RewrittenNumber {
  /// A known number, with a wire type that is not the field's or a value that is none of its enum.
  static let known: UInt32 = 1 << 29
  /// A group; its content comes behind a length.
  static let group: UInt32 = 1 << 30
  /// What is no mark.
  static let mask: UInt32 = 1 << 29 - 1
}

/// Rewrites a surveyed message: parts of one message and packed numbers are joined, groups become messages, what is not of its
/// field's type becomes unknown, and so do numbers that are no values of a closed enum; of a oneof only what counts is left.
///
/// - Throws: `WireFault` as the survey does, which comes first.
func rewritten(
  _ bytes: UnsafeRawBufferPointer, _ table: UnsafeMutablePointer<MessageTable>, levels: Int
) throws(WireFault) -> [UInt8] {
  var rewriting = unsafe WireRewriting(table: table, levels: levels)
  try unsafe rewriting.append(bytes)
  return try unsafe rewriting.finish()
}

/// One message in the making.
@unsafe private struct WireRewriting {
  /// A message field or a oneof, in the parts in which it came.
  @unsafe private struct Joined {
    var field: UnsafeMutablePointer<FieldTable>
    var parts: [UnsafeRawBufferPointer]
  }

  private let table: UnsafeMutablePointer<MessageTable>
  private let levels: Int
  private var output: [UInt8] = []
  /// By slot, in which all members of a oneof are together.
  private var joined: [Int: Joined] = unsafe [:]
  /// The numbers of packed fields, by the number of the field.
  private var packed: [UInt32: [UInt8]] = [:]

  init(table: UnsafeMutablePointer<MessageTable>, levels: Int) {
    unsafe self.table = table
    unsafe self.levels = levels
  }

  /// Appends the fields of an encoded message, or of another part of it.
  mutating func append(_ bytes: UnsafeRawBufferPointer) throws(WireFault) {
    guard unsafe levels > 0 else { throw .tooDeep }
    var reader = unsafe WireReader(bytes)
    while let wire = unsafe try reader.next(levels: levels - 1) {
      guard let field = unsafe table.pointee.field(numbered: wire.number) else {
        unsafe appendUnknown(wire, mark: 0)
        continue
      }
      guard unsafe field.pointee.canCome(as: wire.wireType) else {
        unsafe appendUnknown(wire, mark: RewrittenNumber.known)
        continue
      }
      guard unsafe field.pointee.accepts(wire) else {
        if unsafe wire.wireType == .lengthDelimited, unsafe !field.pointee.isMap {
          try unsafe append(accepted: wire, in: field.pointee)
        } else {
          unsafe appendUnknown(wire, mark: RewrittenNumber.known)
        }
        continue
      }
      if unsafe field.pointee.isJoined {
        let slot = unsafe field.pointee.offset
        if unsafe field.pointee.kind.isMessage, unsafe joined[slot]?.field == field {
          unsafe joined[slot]?.parts.append(wire.content)
        } else {
          // A member of a oneof takes the place of another; of values that are no messages the last counts.
          let part = unsafe field.pointee.kind.isMessage ? wire.content : wire.whole
          unsafe joined[slot] = unsafe Joined(field: field, parts: [part])
        }
      } else if unsafe field.pointee.message != nil {
        try unsafe append(message: [wire.content], in: field)
      } else if unsafe field.pointee.isPackedVarints {
        unsafe packed[wire.number, default: []].append(contentsOf: wire.content)
      } else {
        unsafe output.append(contentsOf: wire.whole)
      }
    }
  }

  /// The bytes of the whole message.
  mutating func finish() throws(WireFault) -> [UInt8] {
    let slots = unsafe Array(joined.values)
    for index in unsafe slots.indices {
      if unsafe slots[index].field.pointee.kind.isMessage {
        try unsafe append(message: slots[index].parts, in: slots[index].field)
      } else {
        unsafe output.append(contentsOf: slots[index].parts[0])
      }
    }
    for (number, bytes) in unsafe packed { unsafe append(packed: bytes, number) }
    return unsafe output
  }

  private mutating func append(packed bytes: [UInt8], _ number: UInt32) {
    unsafe output.append(tag: number, .lengthDelimited)
    unsafe output.append(varint: UInt64(bytes.count))
    unsafe output.append(contentsOf: bytes)
  }

  private mutating func append(
    message parts: [UnsafeRawBufferPointer], in field: UnsafeMutablePointer<FieldTable>
  ) throws(WireFault) {
    guard let inner = unsafe field.pointee.message else { return }
    var rewriting = unsafe WireRewriting(table: inner, levels: levels - 1)
    for index in unsafe parts.indices { try unsafe rewriting.append(parts[index]) }
    let bytes = try unsafe rewriting.finish()
    unsafe output.append(tag: field.pointee.number, .lengthDelimited)
    unsafe output.append(varint: UInt64(bytes.count))
    unsafe output.append(contentsOf: bytes)
  }

  /// Appends those of the numbers that came together that are values of the field's enum, the others each as an unknown field.
  private mutating func append(accepted wire: WireField, in field: FieldTable) throws(WireFault) {
    var reader = unsafe WireReader(wire.content)
    var values: [UInt8] = []
    while let value = unsafe try reader.nextVarint() {
      if field.accepts(value) {
        values.append(varint: value)
      } else {
        unsafe output.append(tag: wire.number | RewrittenNumber.known, .varint)
        unsafe output.append(varint: value)
      }
    }
    if field.isPackedVarints {
      unsafe packed[wire.number, default: []].append(contentsOf: values)
    } else {
      unsafe append(packed: values, wire.number)
    }
  }

  private mutating func appendUnknown(_ wire: WireField, mark: UInt32) {
    if unsafe wire.wireType == .startGroup {
      unsafe output.append(tag: wire.number | RewrittenNumber.group, .lengthDelimited)
      unsafe output.append(varint: UInt64(wire.content.count))
      unsafe output.append(contentsOf: wire.content)
    } else if mark == 0 {
      unsafe output.append(contentsOf: wire.whole)
    } else {
      unsafe output.append(tag: wire.number | mark, wire.wireType)
      if unsafe wire.wireType == .lengthDelimited {
        unsafe output.append(varint: UInt64(wire.content.count))
      }
      unsafe output.append(contentsOf: wire.content)
    }
  }
}

extension [UInt8] {
  /// Appends a tag.
  mutating func append(tag number: UInt32, _ wireType: WireField.WireType) {
    append(varint: UInt64(number) << 3 | UInt64(wireType.rawValue))
  }

  /// Appends a number in groups of seven bits.
  mutating func append(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }
}
