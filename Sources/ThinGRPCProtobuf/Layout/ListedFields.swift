/// The fields of a message that keeps them in a list (`WideFields`), in the order of their slots there.
@safe struct ListedFields {
  /// A field or a oneof.
  struct Row {
    let form: Form
    /// Whether a value that is set is written whatever it is.
    let hasPresence: Bool
    /// The first of its slots in the list.
    let slot: Int32
    /// Where its slot begins in the C image.
    let offset: Int32
    /// The bits of the word there that say whether the field is set: a flag or a oneof's number, and else a count or a pointer.
    let presence: UInt64

    init(_ form: Form, hasPresence: Bool, _ slot: Int, at offset: Int) {
      self.form = form
      self.hasPresence = hasPresence
      self.slot = Int32(slot)
      self.offset = Int32(offset)
      presence =
        switch form {
        case .fourBytes, .eightBytes, .bool, .text, .bytes, .oneof: UInt64(UInt32.max).littleEndian
        case .int32s, .uint32s, .int64s, .uint64s, .floats, .doubles, .bools, .texts, .bytesList, .generated:
          .max
        }
    }

    /// Whether the field of the message in `image` is set.
    @inline(__always) func isPresent(in image: UnsafeRawPointer) -> Bool {
      unsafe image.load(fromByteOffset: Int(offset), as: UInt64.self) & presence != 0
    }
  }

  /// How the value lies in Swift.
  enum Form: UInt8 {
    case fourBytes, eightBytes, bool, text, bytes
    case int32s, uint32s, int64s, uint64s, floats, doubles, bools, texts, bytesList
    /// What generated code reads and writes, as its type is generated: messages, maps, and lists of messages or enums.
    case generated
    /// The same of oneofs.
    case oneof
  }

  let rows: UnsafeBufferPointer<Row>
  let slotCount: Int

  /// None.
  init() {
    unsafe rows = UnsafeBufferPointer(start: nil, count: 0)
    slotCount = 0
  }

  /// - Parameter fields: in the order of their numbers. What is made of them is never freed.
  init(_ fields: [FieldLayout]) {
    var rows: [Row] = []
    var slotCount = 0
    for field in fields where field.shape != .member {
      let form = Form(field)
      rows.append(Row(form, hasPresence: field.shape != .implicit, slotCount, at: field.offset))
      slotCount += form == .text ? 2 : 1
    }
    let oneofs = Set(fields.filter { $0.shape == .member }.map(\.offset))
    for offset in oneofs.sorted() {
      rows.append(Row(.oneof, hasPresence: true, slotCount, at: offset))
      slotCount += 1
    }
    self.slotCount = slotCount
    let place = UnsafeMutableBufferPointer<Row>.allocate(capacity: rows.count)
    _ = unsafe place.initialize(from: rows)
    unsafe self.rows = UnsafeBufferPointer(place)
  }
}

extension ListedFields.Form {
  fileprivate init(_ field: FieldLayout) {
    let isList = field.shape == .repeated || field.shape == .packed
    switch field.kind {
    case .message, .group: self = .generated
    case .enumeration: self = isList ? .generated : .fourBytes
    case .string: self = isList ? .texts : .text
    case .bytes: self = isList ? .bytesList : .bytes
    case .bool: self = isList ? .bools : .bool
    case .int32, .sint32, .sfixed32: self = isList ? .int32s : .fourBytes
    case .uint32, .fixed32: self = isList ? .uint32s : .fourBytes
    case .int64, .sint64, .sfixed64: self = isList ? .int64s : .eightBytes
    case .uint64, .fixed64: self = isList ? .uint64s : .eightBytes
    case .float: self = isList ? .floats : .fourBytes
    case .double: self = isList ? .doubles : .eightBytes
    }
  }
}
