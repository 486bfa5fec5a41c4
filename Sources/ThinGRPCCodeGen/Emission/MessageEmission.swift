extension Emission {
  /// Writes a message's struct with its properties and the types inside it.
  func emit(
    _ message: MessageDeclaration, prefix: String = "", to text: inout SourceText
  ) throws(GeneratorError) {
    let plan = try MessagePlan(message, types)
    text.comment(message.remarks)
    let head = "\(access)struct \(prefix)\(plan.swiftName): \(runtime("ProtobufMessage")) {"
    try text.block(head) { (text) throws(GeneratorError) in
      for field in plan.fields { try emitProperty(field, to: &text) }
      for oneof in plan.oneofs { try emit(oneof, of: plan, to: &text) }
      if !plan.fields.isEmpty { text.line() }
      // Without a value here: so it has to be handed to the memberwise initializer, which would be taken for `init()` if not.
      text.line("\(access)var unknownFields: \(runtime("UnknownFields"))")
      for nested in message.messages where !nested.isMapEntry {
        text.line()
        try emit(nested, to: &text)
      }
      for nested in message.enums {
        text.line()
        try emit(nested, to: &text)
      }
      try emitExtensions(of: message, to: &text)
      emitStorage(of: plan.fields, to: &text)
    }
  }

  private func emitProperty(_ field: FieldPlan, to text: inout SourceText) throws(GeneratorError) {
    let remarks = field.declaration.remarks
    let name = escaped(field.name)
    switch field.storage {
    case .plain(let unset):
      text.attributedComment(remarks)
      if remarks.isDeprecated {
        try text.block("\(access)var \(name): \(field.swiftType) {") { (text) throws(GeneratorError) in
          text.line("get { \(field.storedName) }")
          text.line("set { \(field.storedName) = newValue }")
        }
      } else {
        text.line("\(access)var \(name): \(field.swiftType) = \(unset)")
      }
    case .optional(let unset), .indirect(let unset):
      let isIndirect = field.storage == .indirect(default: unset)
      let stored = field.storedName
      text.line()
      text.attributedComment(remarks)
      try text.block("\(access)var \(name): \(field.swiftType) {") { (text) throws(GeneratorError) in
        text.line("get { \(stored)\(isIndirect ? "?.value" : "") ?? \(unset) }")
        text.line("set { \(stored) = \(isIndirect ? "\(runtime("Indirect"))(newValue)" : "newValue") }")
      }
      text.line("/// Whether `\(field.name)` is set.")
      text.line("\(access)var \(MemberNames.hasName(field.name)): \(standard("Bool")) { \(stored) != nil }")
      text.line("/// Unsets `\(field.name)`.")
      text.line("\(access)mutating func \(MemberNames.clearName(field.name))() { \(stored) = nil }")
      text.line()
    case .member(let oneof, let unset):
      text.line()
      text.attributedComment(remarks)
      try text.block("\(access)var \(name): \(field.swiftType) {") { (text) throws(GeneratorError) in
        text.line(
          "get { if case .\(name)(let value)? = \(escaped(oneof.property)) { value } else { \(unset) } }")
        text.line("set { \(escaped(oneof.property)) = .\(name)(newValue) }")
      }
    }
  }

  private func emit(
    _ oneof: OneofPlan, of plan: MessagePlan, to text: inout SourceText
  ) throws(GeneratorError) {
    text.line()
    text.comment(oneof.declaration.comment)
    text.line("\(access)var \(escaped(oneof.name.property)): \(oneof.name.type)?")
    text.line()
    text.line("/// The fields of which `\(oneof.name.property)` has one.")
    let protocols = "\(standard("Hashable")), \(standard("Sendable"))"
    let head = "\(access)\(oneof.isIndirect ? "indirect " : "")enum \(oneof.name.type): \(protocols) {"
    try text.block(head) { (text) throws(GeneratorError) in
      for field in plan.fields {
        guard case .member(oneof.name, _) = field.storage else { continue }
        text.comment(field.declaration.remarks)
        text.line("case \(escaped(field.name))(\(field.swiftType))")
      }
    }
  }

  /// Writes the private properties behind those with presence and the deprecated ones.
  private func emitStorage(of fields: [FieldPlan], to text: inout SourceText) {
    var lines: [String] = []
    for field in fields {
      switch field.storage {
      case .optional: lines.append("private var \(field.storedName): \(field.swiftType)?")
      case .indirect:
        lines.append("private var \(field.storedName): \(runtime("Indirect"))<\(field.swiftType)>?")
      case .plain(let unset) where field.declaration.remarks.isDeprecated:
        lines.append("private var \(field.storedName): \(field.swiftType) = \(unset)")
      case .plain, .member: break
      }
    }
    if !lines.isEmpty { text.line() }
    text.lines(lines)
  }
}
