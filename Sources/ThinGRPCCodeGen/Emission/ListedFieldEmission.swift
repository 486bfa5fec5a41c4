// Messages whose fields lie in a list (`WideFields`): a property is a call with the index of its slot there.

extension Emission {
  /// Writes the properties of a message whose fields are listed, and the types of its oneofs.
  func emitListedProperties(of plan: MessagePlan, to text: inout SourceText) throws(GeneratorError) {
    var index = 0
    for field in plan.fields {
      switch field.storage {
      case .plain: try emitListed(field, at: index, to: &text)
      case .optional: try emitListedOptional(field, at: index, to: &text)
      case .member(let oneof, let unset): try emitMember(field, of: oneof, unset: unset, to: &text)
      }
      if !field.isMember { index += 1 }
    }
    for (index, oneof) in plan.listedOneofs {
      text.line()
      text.comment(oneof.declaration.comment)
      let declaration = "\(access)var \(escaped(oneof.name.property)): \(oneof.name.type)?"
      try text.block("\(declaration) {") { (text) throws(GeneratorError) in
        text.line("get { _fields.value(\(index)) }")
        text.line("set { _fields.set(value: newValue, at: \(index)) }")
      }
      try emitCases(of: oneof, in: plan, to: &text)
    }
  }

  /// Writes a property without presence.
  private func emitListed(
    _ field: FieldPlan, at index: Int, to text: inout SourceText
  ) throws(GeneratorError) {
    text.attributedComment(field.declaration.remarks)
    let declaration = "\(escaped(field.name)): \(field.swiftType)"
    if let stored = field.placeInList(index) {
      return try emitAccess(to: stored, of: declaration, to: &text)
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
    try text.block("\(access)var \(escaped(field.name)): \(field.swiftType) {") {
      (text) throws(GeneratorError) in
      text.line("get { \(field.valueInList(index)) }")
      text.line("set { \(field.settingInList(index)) }")
    }
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

  /// Writes the initializers and the writing of a message whose fields are listed. Not all fields in one function, which
  /// takes the compiler longer than in several.
  func emitListedCoding(of plan: MessagePlan, to text: inout SourceText) throws(GeneratorError) {
    text.line("\(access)init() {")
    text.line("  _fields = \(runtime("WideFields"))()")
    text.line("  unknownFields = \(runtime("UnknownFields"))()")
    text.line("}")
    let parts = plan.parts
    text.line()
    try text.block("\(access)init(reading reader: \(runtime("MessageReader"))) {") {
      (text) throws(GeneratorError) in
      text.line("_fields = unsafe \(runtime("WideFields"))(readingUpTo: \(plan.slotCount), reader)")
      text.line("unknownFields = unsafe reader.unknownFields")
      for index in parts.indices { text.line("unsafe \(readingName(ofPart: index))(reader)") }
      text.line("unsafe _fields.endReading(upTo: \(plan.slotCount), reader)")
    }
    text.line()
    try text.block("\(access)func write(to writer: \(runtime("MessageWriter"))) {") {
      (text) throws(GeneratorError) in
      for index in parts.indices { text.line("unsafe \(writingName(ofPart: index))(to: writer)") }
      text.line("unsafe writer.write(unknownFields)")
    }
    for (index, part) in parts.enumerated() {
      text.line()
      let head =
        "private mutating func \(readingName(ofPart: index))(_ reader: \(runtime("MessageReader"))) {"
      try text.block(head) { (text) throws(GeneratorError) in
        for (slot, field) in part.fields { text.line(field.readingIntoList(slot)) }
        for (slot, oneof) in part.oneofs {
          emitReading(of: oneof, in: plan, to: &text)
          text.line("_fields.set(value: \(oneof.localName), at: \(slot))")
        }
      }
      text.line()
      try text.block("private func \(writingName(ofPart: index))(to writer: \(runtime("MessageWriter"))) {") {
        (text) throws(GeneratorError) in
        for (slot, field) in part.fields { text.line(field.writingFromList(slot)) }
        for (_, oneof) in part.oneofs { try emitWriting(of: oneof, in: plan, to: &text) }
      }
    }
  }
}

extension MessagePlan {
  /// Fields and oneofs whose coding is one function, with their slots.
  fileprivate struct Part {
    var fields: [(slot: Int, FieldPlan)] = []
    var oneofs: [(slot: Int, OneofPlan)] = []
  }

  /// The most fields whose coding is one function.
  private static var partSize: Int { 64 }

  fileprivate var parts: [Part] {
    let listed = Array(fields.filter { !$0.isMember }.enumerated())
    var parts: [Part] = []
    for start in stride(from: 0, to: listed.count, by: Self.partSize) {
      parts.append(Part(fields: listed[start...].prefix(Self.partSize).map { ($0, $1) }))
    }
    for oneof in listedOneofs { parts.append(Part(oneofs: [oneof])) }
    return parts
  }

  fileprivate var slotCount: Int { fields.count { !$0.isMember } + oneofs.count }

  /// The oneofs with their slots, behind those of the fields.
  fileprivate var listedOneofs: [(slot: Int, OneofPlan)] {
    let first = fields.count { !$0.isMember }
    return oneofs.enumerated().map { (first + $0, $1) }
  }
}

extension FieldPlan {
  /// How the value lies in a slot.
  private enum ListKind: String { case text, number, enumeration, bytes, message, list }

  private var listKind: ListKind {
    if declaration.cardinality == .repeated { return .list }
    switch declaration.type {
    case .scalar(.string): return .text
    case .scalar(.bytes): return .bytes
    case .scalar: return .number
    case .enumeration: return .enumeration
    case .message: return .message
    }
  }

  private var unset: String {
    switch storage {
    case .plain(let unset), .optional(let unset), .member(_, let unset): unset
    }
  }

  /// The place of a value without presence, where it can be changed in place: one that grows is not copied.
  fileprivate func placeInList(_ index: Int) -> String? {
    switch listKind {
    case .text: "_fields[text: \(index)]"
    case .list, .bytes: "_fields[value: \(index), or: \(unset)]"
    case .number, .enumeration, .message: nil
    }
  }

  /// The value, or what it is when it is not set.
  fileprivate func valueInList(_ index: Int) -> String {
    switch listKind {
    case .message: "_fields.message(\(index))"
    case .bytes, .list: "_fields.value(\(index), or: \(unset))"
    case .text, .number, .enumeration: "_fields.\(listKind)(\(index), or: \(unset))"
    }
  }

  /// Sets the value to a property's new one.
  fileprivate func settingInList(_ index: Int) -> String {
    let label =
      switch listKind {
      case .text, .number, .enumeration: listKind.rawValue
      case .bytes, .list, .message: "value"
      }
    return "_fields.set(\(label): newValue, at: \(index))"
  }

  fileprivate func readingIntoList(_ index: Int) -> String {
    guard listKind != .list else {
      return "_fields.read(list: unsafe reader.\(readingCall)(at: \(offset)) as \(swiftType), at: \(index))"
    }
    return "unsafe _fields.read(\(listKind): \(index), \(typeInList)reader, at: \(offset))"
  }

  fileprivate func writingFromList(_ index: Int) -> String {
    guard listKind != .list else {
      return "unsafe writer.write(\(writingLabel)\(valueInList(index)) as \(swiftType), at: \(offset))"
    }
    var label = listKind.rawValue
    if case .optional = storage, listKind != .message { label = "optional\(upperCamelCase(label))" }
    return "unsafe _fields.write(\(label): \(index), \(typeInList)writer, at: \(offset))"
  }

  private var typeInList: String {
    switch listKind {
    case .text, .bytes, .list: ""
    case .number, .enumeration, .message: "\(swiftType).self, "
    }
  }
}
