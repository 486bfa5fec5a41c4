internal import CProtobufC

// protobuf-c's own tables, allocated once for each message type and never freed: they are type metadata.

/// Makes the descriptor of a message whose links to other messages are still missing.
func makeMessageDescriptor(
  name: String, byteCount: Int, _ fields: [FieldLayout]
) -> UnsafeMutablePointer<ProtobufCMessageDescriptor> {
  let ranges = makeRanges(fields.map(\.number))
  let rangeTable = UnsafeMutableBufferPointer<ProtobufCIntRange>.allocate(capacity: ranges.count)
  _ = unsafe rangeTable.initialize(from: ranges)

  var descriptor = unsafe ProtobufCMessageDescriptor()
  unsafe descriptor.magic = UInt32(PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC)
  unsafe descriptor.name = makePermanent(name.utf8CString).baseAddress
  unsafe descriptor.sizeof_message = byteCount
  unsafe descriptor.n_fields = UInt32(fields.count)
  // protobuf-c looks at the first field without asking whether there is one, unless there is no table.
  if !fields.isEmpty {
    let table = UnsafeMutableBufferPointer<ProtobufCFieldDescriptor>.allocate(capacity: fields.count)
    _ = unsafe table.initialize(from: fields.map { field in unsafe makeFieldDescriptor(field) })
    unsafe descriptor.fields = UnsafePointer(table.baseAddress)
  }
  unsafe descriptor.n_field_ranges = UInt32(ranges.count - 1)
  unsafe descriptor.field_ranges = UnsafePointer(rangeTable.baseAddress)
  // No message_init: the generic one zeroes the whole image, unknown fields included.
  let pointer = UnsafeMutablePointer<ProtobufCMessageDescriptor>.allocate(capacity: 1)
  unsafe pointer.initialize(to: descriptor)
  return unsafe pointer
}

private func makeFieldDescriptor(_ field: FieldLayout) -> ProtobufCFieldDescriptor {
  var descriptor = unsafe ProtobufCFieldDescriptor()
  unsafe descriptor.name = makePermanent(field.name.utf8CString).baseAddress
  unsafe descriptor.id = field.number
  unsafe descriptor.type = field.kind.imageType
  unsafe descriptor.quantifier_offset = UInt32(field.offset)
  unsafe descriptor.offset = UInt32(field.valueOffset)
  switch field.shape {
  case .implicit, .optional, .required:
    // A presence flag for every field: without one, protobuf-c drops -0.0 and does not merge messages. Required ones too, so
    // that the error for a missing one can name it.
    unsafe descriptor.label = PROTOBUF_C_LABEL_OPTIONAL
    if field.kind.isMessage { unsafe descriptor.quantifier_offset = 0 }
  case .member:
    unsafe descriptor.label = PROTOBUF_C_LABEL_OPTIONAL
    unsafe descriptor.flags = UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue)
  case .repeated:
    unsafe descriptor.label = PROTOBUF_C_LABEL_REPEATED
  case .packed:
    unsafe descriptor.label = PROTOBUF_C_LABEL_REPEATED
    unsafe descriptor.flags = UInt32(PROTOBUF_C_FIELD_FLAG_PACKED.rawValue)
  }
  return unsafe descriptor
}

extension FieldLayout {
  /// Where the value begins, or the pointer to the elements.
  var valueOffset: Int {
    switch shape {
    case .implicit, .optional, .required:
      kind.isMessage ? offset : kind.isFourBytes ? offset + 4 : offset + 8
    case .member, .repeated, .packed: offset + 8
    }
  }
}

/// The runs of consecutive field numbers, ended by a row that holds the number of fields.
private func makeRanges(_ numbers: [UInt32]) -> [ProtobufCIntRange] {
  var ranges: [ProtobufCIntRange] = []
  for (index, number) in numbers.enumerated() where index == 0 || number != numbers[index - 1] + 1 {
    ranges.append(ProtobufCIntRange(start_value: Int32(number), orig_index: UInt32(index)))
  }
  ranges.append(ProtobufCIntRange(start_value: 0, orig_index: UInt32(numbers.count)))
  return ranges
}

/// A copy of `elements` that is never freed.
func makePermanent<Elements: Collection>(_ elements: Elements) -> UnsafeBufferPointer<Elements.Element> {
  let copy = UnsafeMutableBufferPointer<Elements.Element>.allocate(capacity: elements.count)
  _ = unsafe copy.initialize(from: elements)
  return UnsafeBufferPointer(copy)
}

extension FieldType.Kind {
  /// The engine's type. Strings are declared as bytes: protobuf-c's own strings end at the first NUL. Enums are
  /// declared as integers: every value is kept, so the engine needs no table of them. Groups are declared as messages: the
  /// engine knows none, so they are made into messages before it reads and out of them before it writes.
  fileprivate var imageType: ProtobufCType {
    switch self {
    case .int32, .enumeration: PROTOBUF_C_TYPE_INT32
    case .sint32: PROTOBUF_C_TYPE_SINT32
    case .sfixed32: PROTOBUF_C_TYPE_SFIXED32
    case .uint32: PROTOBUF_C_TYPE_UINT32
    case .fixed32: PROTOBUF_C_TYPE_FIXED32
    case .int64: PROTOBUF_C_TYPE_INT64
    case .sint64: PROTOBUF_C_TYPE_SINT64
    case .sfixed64: PROTOBUF_C_TYPE_SFIXED64
    // A Boolean too: protobuf-c takes a Boolean of any wire type for one.
    case .uint64, .bool: PROTOBUF_C_TYPE_UINT64
    case .fixed64: PROTOBUF_C_TYPE_FIXED64
    case .float: PROTOBUF_C_TYPE_FLOAT
    case .double: PROTOBUF_C_TYPE_DOUBLE
    case .string, .bytes: PROTOBUF_C_TYPE_BYTES
    case .message, .group: PROTOBUF_C_TYPE_MESSAGE
    }
  }
}
