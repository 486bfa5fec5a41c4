/// The fields of a message that keeps them in a list (`WideFields`): first those that the runtime reads and writes alone, and in the
/// order of their numbers, then those that generated code does, then the oneofs.
@safe struct ListedFields {
  /// A field or a oneof.
  @safe struct Row {
    let form: Form
    /// Whether a value that is set is written whatever it is.
    let hasPresence: Bool
    /// The first of its slots in the list.
    let slot: Int32
    /// Where its slot begins in the C image.
    let offset: Int32
    /// The bits of the word there that say whether the field is set: a flag or a oneof's number, and else a count or a pointer.
    let presence: UInt64

    /// The descriptor of a map's entries.
    let entry: UnsafeRawPointer?

    init(_ form: Form, hasPresence: Bool, _ slot: Int, at offset: Int, entry: UnsafeRawPointer? = nil) {
      self.form = form
      self.hasPresence = hasPresence
      self.slot = Int32(slot)
      unsafe self.entry = entry
      self.offset = Int32(offset)
      presence =
        switch form {
        case .fourBytes, .eightBytes, .bool, .text, .bytes, .oneof: UInt64(UInt32.max).littleEndian
        case .int32s, .uint32s, .int64s, .uint64s, .floats, .doubles, .bools, .texts, .bytesList, .map,
          .generated:
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
    /// What generated code reads and writes, as its type is generated: maps, messages, and lists of messages or enums.
    case map, generated
    /// The number of the field that is set and the field's value, in three slots.
    case oneof
  }

  let rows: UnsafeBufferPointer<Row>
  /// How many of them the runtime reads and writes alone.
  let ownCount: Int
  /// Which of them are oneofs, which the runtime reads and writes too: the last ones.
  let oneofs: Range<Int>
  let slotCount: Int

  /// None.
  init() {
    unsafe rows = UnsafeBufferPointer(start: nil, count: 0)
    ownCount = 0
    oneofs = 0..<0
    slotCount = 0
  }

  /// What is made of the fields is never freed.
  ///
  /// - Parameters:
  ///   - fields: in the order of their numbers.
  ///   - entries: for each the descriptor of its entries, if it is a map.
  init(_ fields: [FieldLayout], entries: [UnsafeRawPointer?]) {
    var rows: [Row] = []
    var generated: [Row] = []
    var slotCount = 0
    for (index, field) in fields.enumerated() where field.shape != .member {
      let entry = unsafe entries[index]
      let form = unsafe entry != nil ? .map : Form(field)
      let row = unsafe Row(
        form, hasPresence: field.shape != .implicit, slotCount, at: field.offset, entry: entry)
      if form == .map || form == .generated { generated.append(row) } else { rows.append(row) }
      slotCount += form == .text ? 2 : 1
    }
    ownCount = rows.count
    rows += generated
    let firstOneof = rows.count
    for offset in Set(fields.filter { $0.shape == .member }.map(\.offset)).sorted() {
      rows.append(unsafe Row(.oneof, hasPresence: true, slotCount, at: offset))
      slotCount += 3
    }
    oneofs = firstOneof..<rows.count
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
