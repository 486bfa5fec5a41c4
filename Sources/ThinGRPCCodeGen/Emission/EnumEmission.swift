extension Emission {
  /// Writes an enum: an open struct, so that numbers without a name survive.
  func emit(
    _ declaration: EnumDeclaration, to text: inout SourceText
  ) throws(GeneratorError) {
    let name = try types.declaredName(declaration.fullName)
    let number = standard("Int32")
    text.comment(declaration.remarks)
    try text.block("\(access)struct \(name): \(runtime("ProtobufEnum")) {") { (text) throws(GeneratorError) in
      emitValues(of: declaration, type: name, to: &text)
      text.line()
      text.line("\(access)let rawValue: \(number)")
      text.line()
      text.line("\(access)init() { rawValue = \(declaration.values.first?.number ?? 0) }")
      text.line()
      text.line("\(access)init(rawValue: \(number)) { self.rawValue = rawValue }")
      text.line()
      try emitNames(of: declaration, to: &text)
      text.line()
      let fullName = "\"\(declaration.fullName.dropFirst())\""
      text.line("\(access)static var protoTypeName: \(standard("String")) { \(fullName) }")
      if declaration.isClosed {
        text.line()
        text.line("\(access)static var isClosed: \(standard("Bool")) { true }")
      }
    }
  }

  /// Writes the names with their numbers: many as text, as Swift takes many times as long for so long a literal.
  private func emitNames(
    of declaration: EnumDeclaration, to text: inout SourceText
  ) throws(GeneratorError) {
    let table = "\(standard("KeyValuePairs"))<\(standard("String")), \(standard("Int32"))>"
    let start = "\(access)static let protoNames: \(table) ="
    if declaration.values.count > 64 {
      let quotes = "\"\"\""
      let head = "\(start) protoNames(listed: \(quotes)"
      return try text.block(head, end: "  \(quotes))") { (text) throws(GeneratorError) in
        for value in declaration.values { text.line("\(value.name) \(value.number)") }
      }
    }
    try text.block("\(start) [", end: "]") { (text) throws(GeneratorError) in
      for value in declaration.values { text.line("\"\(value.name)\": \(value.number),") }
    }
  }

  private func emitValues(of declaration: EnumDeclaration, type: String, to text: inout SourceText) {
    var written: Set<String> = []
    for (value, name) in zip(declaration.values, valueNames(of: declaration)) {
      // An alias whose name in Swift is the same as that of the value before it.
      guard written.insert(name).inserted else { continue }
      text.attributedComment(value.remarks)
      text.line("\(access)static let \(escaped(name)) = \(type)(rawValue: \(value.number))")
    }
  }
}
