// Oneofs of messages whose fields are listed. What is stored is the number of the field that is set, and its value; the enum is made
// of them where it is asked for. So a property of one of many fields does not have to tell all of them apart.

extension Emission {
  /// Writes the property of a oneof, and the enum of its fields.
  func emitListed(
    _ oneof: OneofPlan, at index: Int, of plan: MessagePlan, to text: inout SourceText
  ) throws(GeneratorError) {
    let members = plan.members(of: oneof)
    text.line()
    text.comment(oneof.declaration.comment)
    let declaration = "\(access)var \(escaped(oneof.name.property)): \(oneof.name.type)?"
    try text.block("\(declaration) {") { (text) throws(GeneratorError) in
      try text.block("get {") { (text) throws(GeneratorError) in
        text.line("switch _fields.member(at: \(index)) {")
        for field in members {
          let number = field.declaration.number
          text.line("case \(number): return .\(escaped(field.name))(\(field.memberInList(index)))")
        }
        text.line("default: return nil")
        text.line("}")
      }
      try text.block("set {") { (text) throws(GeneratorError) in
        text.line("switch newValue {")
        for field in members {
          let setting = field.settingMemberInList(index, to: "value")
          text.line("case .\(escaped(field.name))(let value)?: \(setting)")
        }
        // nil, which is not listed: of many cases Swift cannot tell whether all are there.
        text.line("default: _fields.clear(oneof: \(index))")
        text.line("}")
      }
    }
    try emitCases(of: oneof, in: plan, to: &text)
  }

  /// Writes the property of a field of a oneof.
  func emitListedMember(
    _ field: FieldPlan, at index: Int, to text: inout SourceText
  ) throws(GeneratorError) {
    text.line()
    text.attributedComment(field.declaration.remarks)
    try text.block("\(access)var \(escaped(field.name)): \(field.swiftType) {") {
      (text) throws(GeneratorError) in
      text.line("get { \(field.memberInList(index)) }")
      text.line("set { \(field.settingMemberInList(index, to: "newValue")) }")
    }
  }

  /// Writes what makes the enum of a oneof of many fields hashable, by way of the message. What Swift derives compares all cases with
  /// all others while it is compiled: of 2,000 for a minute.
  func emitHashing(of oneof: OneofPlan, in plan: MessagePlan, to text: inout SourceText)
    throws(GeneratorError)
  {
    guard plan.members(of: oneof).count > OneofPlan.mostDerivedCases else { return }
    let message = try types.swiftName(plan.declaration.fullName)
    let type = "\(message).\(oneof.name.type)"
    let property = escaped(oneof.name.property)
    text.line()
    // In an extension only the enum's own cases are in the way of a type's name.
    try text.block("extension \(type) {") { (text) throws(GeneratorError) in
      let head = "\(access)static func == (left: \(type), right: \(type)) -> \(standard("Bool")) {"
      try text.block(head) { (text) throws(GeneratorError) in
        text.line(
          "\(message).with { $0.\(property) = left } == \(message).with { $0.\(property) = right }")
      }
      text.line()
      try text.block("\(access)func hash(into hasher: inout \(standard("Hasher"))) {") {
        (text) throws(GeneratorError) in
        text.line("\(message).with { $0.\(property) = self }.hash(into: &hasher)")
      }
    }
  }
}

extension OneofPlan {
  /// The most cases of an enum whose `==` Swift derives. Messages with larger ones are listed.
  static var mostDerivedCases: Int { 32 }
}

extension FieldPlan {
  /// The value of a field of the oneof at `index`, or what it is when another one is set.
  fileprivate func memberInList(_ index: Int) -> String {
    let unset = declaration.type.isMessage ? "" : ", or: \(unset)"
    return "_fields.\(listKind)(of: \(declaration.number), at: \(index)\(unset))"
  }

  /// Sets the oneof at `index` to a value of the field.
  fileprivate func settingMemberInList(_ index: Int, to value: String) -> String {
    "_fields.set(\(listKind): \(value), of: \(declaration.number), at: \(index))"
  }
}
