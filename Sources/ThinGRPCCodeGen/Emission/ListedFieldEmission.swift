// Messages whose fields lie in a list (`WideFields`): a property is a call with the index of its slot there.

extension Emission {
  /// Writes the properties of a message whose fields are listed, and the enums of its oneofs.
  func emitListedProperties(of plan: MessagePlan, to text: inout SourceText) throws(GeneratorError) {
    let slots = plan.slots
    let oneofs = Dictionary(uniqueKeysWithValues: plan.listedOneofs.map { ($1.name.property, $0) })
    for field in plan.fields {
      let slot = slots[field.declaration.number] ?? 0
      switch field.storage {
      case .plain: try emitListed(field, at: slot, to: &text)
      case .optional: try emitListedOptional(field, at: slot, to: &text)
      case .member(let oneof, _):
        if let slot = oneofs[oneof.property] { try emitListedMember(field, at: slot, to: &text) }
      }
    }
    for (index, oneof) in plan.listedOneofs { try emitListed(oneof, at: index, of: plan, to: &text) }
  }

  /// Writes a property without presence.
  private func emitListed(
    _ field: FieldPlan, at index: Int, to text: inout SourceText
  ) throws(GeneratorError) {
    text.attributedComment(field.declaration.remarks)
    try emitAccess(to: field, at: index, to: &text)
  }

  private func emitAccess(
    to field: FieldPlan, at index: Int, to text: inout SourceText
  ) throws(GeneratorError) {
    let declaration = "\(escaped(field.name)): \(field.swiftType)"
    if let place = field.placeInList(index) {
      return try emitAccess(to: place, of: declaration, to: &text)
    }
    try text.block("\(access)var \(declaration) {") { (text) throws(GeneratorError) in
      text.line("get { \(field.valueInList(index)) }")
      text.line("set { \(field.settingInList(index)) }")
    }
  }

  /// Writes a property with presence.
  private func emitListedOptional(
    _ field: FieldPlan, at index: Int, to text: inout SourceText
  ) throws(GeneratorError) {
    text.line()
    text.attributedComment(field.declaration.remarks)
    try emitAccess(to: field, at: index, to: &text)
    text.line("/// Whether `\(field.name)` is set.")
    let has = "\(access)var \(hasName(of: field.name)): \(standard("Bool"))"
    text.line("\(has) { _fields.has(\(index)) }")
    text.line("/// Unsets `\(field.name)`.")
    text.line("\(access)mutating func \(clearName(of: field.name))() { _fields.clear(\(index)) }")
    text.line()
  }

  /// Writes what a message whose fields are listed stores.
  func emitList(to text: inout SourceText) {
    text.line()
    text.line("private var _fields: \(runtime("WideFields"))")
  }

  /// Writes the initializers and the writing of a message whose fields are listed. The runtime reads and writes by the layout what has
  /// no generated type, and oneofs. The rest is not all in one function, which takes the compiler longer than in several.
  func emitListedCoding(of plan: MessagePlan, to text: inout SourceText) throws(GeneratorError) {
    text.line("\(access)init() {")
    text.line("  _fields = \(runtime("WideFields"))()")
    text.line("  unknownFields = \(runtime("UnknownFields"))()")
    text.line("}")
    let parts = plan.parts
    text.line()
    try text.block("\(access)init(reading reader: \(runtime("MessageReader"))) {") {
      (text) throws(GeneratorError) in
      text.line("_fields = unsafe \(runtime("WideFields"))(reading: Self.layout, reader)")
      text.line("unknownFields = unsafe reader.unknownFields")
      for index in parts.indices { text.line("unsafe \(readingName(ofPart: index))(reader)") }
      text.line("unsafe _fields.endReading(reader)")
    }
    text.line()
    try text.block("\(access)func write(to writer: \(runtime("MessageWriter"))) {") {
      (text) throws(GeneratorError) in
      text.line("unsafe _fields.write(Self.layout, to: writer)")
      for index in parts.indices { text.line("unsafe \(writingName(ofPart: index))(to: writer)") }
      text.line("unsafe writer.write(unknownFields)")
    }
    for (index, part) in parts.enumerated() {
      text.line()
      let head =
        "private mutating func \(readingName(ofPart: index))(_ reader: \(runtime("MessageReader"))) {"
      try text.block(head) { (text) throws(GeneratorError) in
        for (slot, field) in part { text.line(field.codingInList("read", slot, "reader")) }
      }
      text.line()
      try text.block("private func \(writingName(ofPart: index))(to writer: \(runtime("MessageWriter"))) {") {
        (text) throws(GeneratorError) in
        for (slot, field) in part { text.line(field.codingInList("write", slot, "writer")) }
      }
    }
  }
}

extension MessagePlan {
  /// The most fields whose coding is one function.
  private static var partSize: Int { 64 }

  /// The fields that generated code reads and writes, with their slots.
  fileprivate var parts: [[(slot: Int, FieldPlan)]] {
    let slots = slots
    let generated = fields.filter { !$0.isMember && $0.hasGeneratedCoding }
    return stride(from: 0, to: generated.count, by: Self.partSize).map { start in
      generated[start...].prefix(Self.partSize).map { (slots[$0.declaration.number] ?? 0, $0) }
    }
  }

  /// The slots of the fields in no oneof, by their numbers and in their order, as the runtime has them (`ListedFields`).
  fileprivate var slots: [Int: Int] { placedFields.slots }

  /// The oneofs with their slots, behind those of the fields: three for each.
  fileprivate var listedOneofs: [(slot: Int, OneofPlan)] {
    let first = placedFields.count
    // In the order of their places in the C image.
    return oneofs.sorted { $0.offset < $1.offset }.enumerated().map { (first + 3 * $0, $1) }
  }

  private var placedFields: (slots: [Int: Int], count: Int) {
    var slots: [Int: Int] = [:]
    var count = 0
    for field in fields.filter({ !$0.isMember }).sorted(by: { $0.declaration.number < $1.declaration.number })
    {
      slots[field.declaration.number] = count
      count += field.slotCount
    }
    return (slots, count)
  }
}

extension FieldPlan {
  /// How the value lies in a slot.
  enum ListKind: String { case text, number, enumeration, bytes, message, list, map }

  var listKind: ListKind {
    if isMap { return .map }
    if declaration.cardinality == .repeated { return .list }
    switch declaration.type {
    case .scalar(.string): return .text
    case .scalar(.bytes): return .bytes
    case .scalar: return .number
    case .enumeration: return .enumeration
    case .message: return .message
    }
  }

  /// A text takes two slots.
  fileprivate var slotCount: Int { listKind == .text ? 2 : 1 }

  /// What the value is when it is not set.
  var unset: String {
    switch storage {
    case .plain(let unset), .optional(let unset), .member(_, let unset): unset
    }
  }

  /// The place of a value that is changed in place, so that one that grows is not copied; nil for a value that may be something
  /// else than empty where it is not set, and for numbers.
  fileprivate func placeInList(_ index: Int) -> String? {
    switch (listKind, storage) {
    case (.list, _), (.map, _), (.message, _), (.text, .plain): "_fields[\(listKind): \(index)]"
    case (.bytes, .plain): "_fields[list: \(index)]"
    case (.text, _), (.bytes, _), (.number, _), (.enumeration, _): nil
    }
  }

  /// The value, or what it is when it is not set.
  fileprivate func valueInList(_ index: Int) -> String {
    "_fields.\(labelInList)(\(index), or: \(unset))"
  }

  /// Sets the value to a property's new one.
  fileprivate func settingInList(_ index: Int) -> String {
    "_fields.set(\(labelInList): newValue, at: \(index))"
  }

  private var labelInList: String { listKind == .bytes ? "list" : "\(listKind)" }

  /// Whether generated code reads and writes the value, as its type is generated.
  fileprivate var hasGeneratedCoding: Bool {
    switch (listKind, declaration.type) {
    case (.message, _), (.map, _), (.list, .message), (.list, .enumeration): true
    case (.list, .scalar), (.text, _), (.number, _), (.enumeration, _), (.bytes, _): false
    }
  }

  /// Reads or writes a value whose type is generated.
  fileprivate func codingInList(_ verb: String, _ index: Int, _ coder: String) -> String {
    let label = listKind == .message ? "message" : readingCall
    return "unsafe _fields.\(verb)(\(label): \(index), \(swiftType).self, \(coder), at: \(offset))"
  }
}
