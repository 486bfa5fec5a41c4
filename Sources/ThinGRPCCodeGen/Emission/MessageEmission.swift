extension Emission {
  /// Writes a message's struct with its properties and the types inside it.
  func emit(
    _ message: MessageDeclaration, to text: inout SourceText
  ) throws(GeneratorError) {
    let plan = try MessagePlan(message, types)
    text.comment(message.remarks)
    let head = "\(access)struct \(plan.swiftName): \(runtime("ProtobufMessage")) {"
    try text.block(head) { (text) throws(GeneratorError) in
      if plan.storage == .listed {
        try emitListedProperties(of: plan, to: &text)
      } else {
        for field in plan.fields { try emitProperty(field, of: plan, to: &text) }
        for oneof in plan.oneofs { try emitProperty(oneof, of: plan, to: &text) }
      }
      if !plan.fields.isEmpty { text.line() }
      try emitUnknownFields(of: plan, to: &text)
      for nested in message.messages where !nested.isMapEntry {
        text.line()
        try emit(nested, to: &text)
      }
      for nested in message.enums {
        text.line()
        try emit(nested, to: &text)
      }
      try emitExtensions(of: message, to: &text)
      switch plan.storage {
      case .inside: emitStorage(of: plan.fields, to: &text)
      case .apart: try emitPlace(of: plan, to: &text)
      case .listed: emitList(to: &text)
      }
    }
  }

  private func emitProperty(
    _ field: FieldPlan, of plan: MessagePlan, to text: inout SourceText
  ) throws(GeneratorError) {
    let remarks = field.declaration.remarks
    let name = escaped(field.name)
    let stored = plan.place + field.storedName
    switch field.storage {
    case .plain(let unset):
      text.attributedComment(remarks)
      if plan.isStoredApart || field.isStoredPrivately {
        try emitAccess(to: stored, of: "\(name): \(field.swiftType)", to: &text)
      } else {
        text.line("\(access)var \(name): \(field.swiftType) = \(unset)")
      }
    case .optional(let unset):
      text.line()
      text.attributedComment(remarks)
      try text.block("\(access)var \(name): \(field.swiftType) {") { (text) throws(GeneratorError) in
        text.line("get { \(stored) ?? \(unset) }")
        text.line("set { \(stored) = newValue }")
      }
      text.line("/// Whether `\(field.name)` is set.")
      // At the beginning of a getter `_read` and `_modify` are words of Swift.
      let first = ["_read", "_modify"].contains(stored) ? "self.\(stored)" : stored
      text.line("\(access)var \(hasName(of: field.name)): \(standard("Bool")) { \(first) != nil }")
      text.line("/// Unsets `\(field.name)`.")
      text.line("\(access)mutating func \(clearName(of: field.name))() { \(stored) = nil }")
      text.line()
    case .member(let oneof, let unset): try emitMember(field, of: oneof, unset: unset, to: &text)
    }
  }

  /// Writes a property that stands for a case of a oneof.
  private func emitMember(
    _ field: FieldPlan, of oneof: OneofPlan.Name, unset: String, to text: inout SourceText
  ) throws(GeneratorError) {
    text.line()
    text.attributedComment(field.declaration.remarks)
    let name = escaped(field.name)
    try text.block("\(access)var \(name): \(field.swiftType) {") { (text) throws(GeneratorError) in
      text.line("get { if case .\(name)(let value)? = \(oneof.value) { value } else { \(unset) } }")
      text.line("set { \(oneof.value) = .\(name)(newValue) }")
    }
  }

  /// Writes a property that stands for another.
  func emitAccess(
    to stored: String, of declaration: String, to text: inout SourceText
  ) throws(GeneratorError) {
    try text.block("\(access)var \(declaration) {") { (text) throws(GeneratorError) in
      text.line("get { \(stored) }")
      // In place: a list that grows is not copied.
      text.line("_modify { yield &\(stored) }")
    }
  }

  private func emitProperty(
    _ oneof: OneofPlan, of plan: MessagePlan, to text: inout SourceText
  ) throws(GeneratorError) {
    text.line()
    text.comment(oneof.declaration.comment)
    let name = escaped(oneof.name.property)
    if plan.isStoredApart {
      try emitAccess(to: "\(plan.place)\(name)", of: "\(name): \(oneof.name.type)?", to: &text)
    } else {
      text.line("\(access)var \(name): \(oneof.name.type)?")
    }
    try emitCases(of: oneof, in: plan, to: &text)
  }

  func emitCases(of oneof: OneofPlan, in plan: MessagePlan, to text: inout SourceText) throws(GeneratorError)
  {
    text.line()
    text.line("/// The fields of which `\(oneof.name.property)` has one.")
    let protocols = "\(standard("Hashable")), \(standard("Sendable"))"
    try text.block("\(access)enum \(oneof.name.type): \(protocols) {") { (text) throws(GeneratorError) in
      for field in plan.members(of: oneof) {
        text.comment(field.declaration.remarks)
        text.line("case \(escaped(field.name))(\(field.swiftType))")
      }
    }
  }

  private func emitUnknownFields(of plan: MessagePlan, to text: inout SourceText) throws(GeneratorError) {
    let declaration = "unknownFields: \(runtime("UnknownFields"))"
    if plan.isStoredApart {
      try emitAccess(to: "\(plan.place)unknownFields", of: declaration, to: &text)
    } else {
      // Without a value here: so it has to be handed to the memberwise initializer, which would be taken for `init()` if not.
      text.line("\(access)var \(declaration)")
    }
  }

  /// Writes the private properties behind those with presence and the deprecated ones.
  private func emitStorage(of fields: [FieldPlan], to text: inout SourceText) {
    let lines = fields.compactMap { field in
      field.isStoredPrivately ? "private var \(field.storage(named: field.storedName))" : nil
    }
    if !lines.isEmpty { text.line() }
    text.lines(lines)
  }

  /// Writes the place in which all fields are, and what lies there.
  private func emitPlace(of plan: MessagePlan, to text: inout SourceText) throws(GeneratorError) {
    let place = "\(runtime("CopyOnWrite"))"
    text.line()
    text.line("private var _fields: \(place)<_Fields>")
    text.line("private static let _unset = \(place)(_Fields(unknownFields: \(runtime("UnknownFields"))()))")
    text.line()
    let head = "private struct _Fields: \(runtime("MessageFields")), ~\(standard("Copyable")) {"
    try text.block(head) { (text) throws(GeneratorError) in
      for field in plan.fields where !field.isStoredPrivately && !field.isMember {
        text.line("var \(field.storage(named: escaped(field.name)))")
      }
      for oneof in plan.oneofs { text.line("var \(escaped(oneof.name.property)): \(oneof.name.type)?") }
      text.line("var unknownFields: \(runtime("UnknownFields"))")
      for field in plan.fields where field.isStoredPrivately {
        text.line("var \(field.storage(named: field.storedName))")
      }
      text.line()
      try text.block("static func copy(of fields: borrowing _Fields) -> _Fields {") {
        (text) throws(GeneratorError) in
        let copies = plan.stored.map { "\(escapedLabel($0)): fields.\(escaped($0))" }
        text.arguments(of: "_Fields(", copies, end: ")")
      }
    }
  }
}

extension MessagePlan {
  /// The names of all stored properties in the order in which the struct declares them, without backticks.
  var stored: [String] {
    fields.filter { !$0.isStoredPrivately && !$0.isMember }.map(\.name) + oneofs.map(\.name.property)
      + ["unknownFields"] + fields.filter(\.isStoredPrivately).map(\.storedName)
  }
}

extension FieldPlan {
  /// Whether the value lies in a private property of another name; those are declared last.
  var isStoredPrivately: Bool {
    switch storage {
    // A deprecated property is a computed one, so that generated code can use what is behind it without a warning.
    case .plain: declaration.remarks.isDeprecated
    case .optional: true
    case .member: false
    }
  }

  var isMember: Bool { if case .member = storage { true } else { false } }

  /// The declaration of the stored property, with its first value.
  fileprivate func storage(named name: String) -> String {
    switch storage {
    case .plain(let unset): "\(name): \(swiftType) = \(unset)"
    case .optional, .member: "\(name): \(swiftType)?"
    }
  }
}
