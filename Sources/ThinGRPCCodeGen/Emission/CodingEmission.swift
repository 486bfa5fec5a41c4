extension Emission {
  /// Writes the table of a message and its reading and writing, and those of the messages inside it.
  func emitCoding(of message: MessageDeclaration, to text: inout SourceText) throws(GeneratorError) {
    let plan = try MessagePlan(message, types)
    text.line()
    try text.block("extension \(try types.swiftName(message.fullName)) {") { (text) throws(GeneratorError) in
      try emitLayout(of: plan, to: &text)
      text.line()
      guard plan.storage != .listed else { return try emitListedCoding(of: plan, to: &text) }
      if plan.isStoredApart {
        text.line("\(access)init() { _fields = Self._unset }")
      } else {
        text.line("\(access)init() { self.init(unknownFields: \(runtime("UnknownFields"))()) }")
      }
      text.line()
      let reading = "\(access)init(reading reader: \(runtime("MessageReader"))) {"
      try text.block(reading) { (text) throws(GeneratorError) in emitReading(of: plan, to: &text) }
      text.line()
      let writing = "\(access)func write(to writer: \(runtime("MessageWriter"))) {"
      try text.block(writing) { (text) throws(GeneratorError) in
        for field in plan.fields { emitWriting(of: field, in: plan, to: &text) }
        for oneof in plan.oneofs { try emitWriting(of: oneof, in: plan, to: &text) }
        text.line("unsafe writer.write(\(plan.place)unknownFields)")
      }
      if !plan.isStoredApart {
        text.line()
        try emitEquality(of: plan, to: &text)
      }
    }
    if plan.storage == .listed {
      for oneof in plan.oneofs { try emitHashing(of: oneof, in: plan, to: &text) }
    }
    for nested in message.messages where !nested.isMapEntry { try emitCoding(of: nested, to: &text) }
  }

  /// Field by field, which is several times cheaper than the runtime's own for all messages. That is left to messages whose fields
  /// lie apart, of which there are few, and large ones.
  private func emitEquality(of plan: MessagePlan, to text: inout SourceText) throws(GeneratorError) {
    let fullName = plan.declaration.fullName
    let type = types.isHidden(fullName, inside: fullName) ? "Self" : try types.swiftName(fullName)
    let head = "\(access)static func == (left: \(type), right: \(type)) -> \(standard("Bool")) {"
    try text.block(head) { (text) throws(GeneratorError) in
      // One after the other: a condition of many parts takes the compiler long.
      for property in plan.stored.map(escaped) where property != "unknownFields" {
        text.line("if left.\(property) != right.\(property) { return false }")
      }
      text.line("return left.unknownFields == right.unknownFields")
    }
  }

  private func emitLayout(of plan: MessagePlan, to text: inout SourceText) throws(GeneratorError) {
    let layout = runtime("MessageLayout")
    let head = "\"\(plan.declaration.fullName.dropFirst())\", byteCount: \(plan.imageByteCount)"
    let fields = plan.fields.sorted { $0.declaration.number < $1.declaration.number }
    guard !fields.isEmpty else {
      text.line("\(access)static let layout = \(layout)(\(head), \"\")")
      return
    }
    let types = [
      ("messages", fields.flatMap(\.messageTypes)), ("enums", fields.flatMap(\.enumTypes)),
    ].filter { !$0.1.isEmpty }
    var end = types.map { label, types in
      ", \(label): [\(types.map { "\($0).self" }.joined(separator: ", "))]"
    }
    if plan.storage == .listed { end.append(", isListed: true") }
    let quotes = "\"\"\""
    try text.block(
      "\(access)static let layout = \(layout)(\(head), \(quotes)", end: "  \(quotes)\(end.joined()))"
    ) { (text) throws(GeneratorError) in
      for field in fields { text.line(escapedText(field.row)) }
    }
  }

  /// All properties at once, by the memberwise initializer: a message whose properties are set one after the other is copied
  /// in the end, each of its strings retained and released.
  private func emitReading(of plan: MessagePlan, to text: inout SourceText) {
    for oneof in plan.oneofs { emitReading(of: oneof, in: plan, to: &text) }
    // In the order in which the struct declares what it stores.
    var arguments: [String] = []
    for field in plan.fields where !field.isStoredPrivately { arguments += field.readingArgument }
    for oneof in plan.oneofs { arguments.append("\(escapedLabel(oneof.name.property)): \(oneof.localName)") }
    arguments.append("unknownFields: unsafe reader.unknownFields")
    for field in plan.fields where field.isStoredPrivately { arguments += field.readingArgument }
    let (head, end) =
      plan.isStoredApart ? ("_fields = \(runtime("CopyOnWrite"))(_Fields(", "))") : ("self.init(", ")")
    text.arguments(of: head, arguments, end: end)
  }

  private func emitWriting(of field: FieldPlan, in plan: MessagePlan, to text: inout SourceText) {
    switch field.storage {
    case .plain:
      // `self` where a property may be called `writer`.
      let property = plan.isStoredApart ? plan.place + field.storedName : "self.\(field.storedName)"
      text.line("unsafe writer.write(\(field.writingLabel)\(property), at: \(field.offset))")
    case .optional:
      text.line("unsafe writer.write(optional: \(plan.place)\(field.storedName), at: \(field.offset))")
    case .member: break
    }
  }

  private func emitReading(of oneof: OneofPlan, in plan: MessagePlan, to text: inout SourceText) {
    let declaration = "let \(oneof.localName): \(oneof.name.type)?"
    text.line("\(declaration) = switch unsafe reader.setMember(at: \(oneof.offset)) {")
    for field in plan.members(of: oneof) {
      let value = "unsafe reader.member(at: \(oneof.offset))"
      text.line("case \(field.declaration.number): .\(escaped(field.name))(\(value))")
    }
    text.line("default: nil")
    text.line("}")
  }

  private func emitWriting(
    of oneof: OneofPlan, in plan: MessagePlan, to text: inout SourceText
  ) throws(GeneratorError) {
    text.line("switch \(plan.isStoredApart ? plan.place : "self.")\(escaped(oneof.name.property)) {")
    for field in plan.members(of: oneof) {
      let arguments = "member: value, \(field.declaration.number), at: \(oneof.offset)"
      text.line("case .\(escaped(field.name))(let value)?: unsafe writer.write(\(arguments))")
    }
    text.line("case nil: unsafe writer.writeNoMember(at: \(oneof.offset))")
    text.line("}")
  }
}

extension OneofPlan {
  fileprivate var localName: String {
    let local = storedName(of: name.property)
    return storageMembers.contains(local) ? "\(local)Choice" : local
  }
}

extension FieldPlan {
  /// The argument of the memberwise initializer; none for a member of a oneof.
  fileprivate var readingArgument: [String] {
    switch storage {
    case .plain:
      let label = isStoredPrivately ? storedName : escapedLabel(name)
      return ["\(label): unsafe reader.\(readingCall)(at: \(offset))"]
    case .optional:
      let call = declaration.type.isMessage ? "message" : "optional"
      return ["\(storedName): unsafe reader.\(call)(at: \(offset))"]
    case .member: return []
    }
  }

  var isMap: Bool { row.hasPrefix("map<") }

  /// The reader's function for a property without presence.
  var readingCall: String {
    if isMap { return "map" }
    guard declaration.cardinality == .repeated else { return "value" }
    if declaration.type.isMessage { return "messages" }
    return declaration.type.isNumber ? "numbers" : "repeated"
  }

  var writingLabel: String {
    declaration.cardinality == .repeated ? "\(readingCall): " : ""
  }
}
