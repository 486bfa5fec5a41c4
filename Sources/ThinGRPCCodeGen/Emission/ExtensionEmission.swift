extension Emission {
  /// Writes the extensions that a file declares at its top: each in the message that it extends.
  func emitExtensions(of file: FileDeclaration, to text: inout SourceText) throws(GeneratorError) {
    var rest = file.extensions[...]
    while let extendee = rest.first?.extendee {
      let together = rest.prefix { $0.extendee == extendee }
      rest = rest.dropFirst(together.count)
      text.line()
      for declaration in together where isHidden(declaration) {
        text.line("private let \(outerName(of: declaration)) = \(try value(of: declaration))")
      }
      try text.block("extension \(try types.swiftName(extendee)) {") { (text) throws(GeneratorError) in
        for declaration in together {
          let value = isHidden(declaration) ? outerName(of: declaration) : try value(of: declaration)
          emit(declaration, value: value, to: &text)
        }
      }
    }
  }

  /// Whether the message that is extended has a type inside that would be taken for one that the extension mentions.
  private func isHidden(_ declaration: ExtensionDeclaration) -> Bool {
    [declaration.extendee, declaration.field.type.reference].compactMap { $0 }
      .contains { types.isHidden($0, inside: declaration.extendee) }
  }

  /// The constant outside of the message.
  private func outerName(of declaration: ExtensionDeclaration) -> String {
    declaration.fullName.replacing(".", with: "_")
  }

  /// Writes the extensions that a message declares for others: in the message itself.
  func emitExtensions(of message: MessageDeclaration, to text: inout SourceText) throws(GeneratorError) {
    for declaration in message.extensions {
      text.line()
      try emit(declaration, value: value(of: declaration), to: &text)
    }
  }

  private func emit(_ declaration: ExtensionDeclaration, value: String, to text: inout SourceText) {
    text.attributedComment(declaration.field.remarks)
    text.line("\(access)static let \(escaped(types.name(of: declaration))) = \(value)")
  }

  private func value(of declaration: ExtensionDeclaration) throws(GeneratorError) -> String {
    let field = declaration.field
    let element = try field.type.swiftType(types)
    let isRepeated = field.cardinality == .repeated
    let type = try "\(types.swiftName(declaration.extendee)), \(isRepeated ? "[\(element)]" : element)"
    let fieldType = try field.isGroup ? field.type.groupType(types) : field.type.layoutType(types)
    let place = "\(field.number), \"\(declaration.fullName.dropFirst())\", \(fieldType)"
    let call: String
    if isRepeated {
      call = "\(field.isPacked ? "packed" : "repeated")(\(place))"
    } else {
      call = "optional(\(place), default: \(try field.unsetValue(types)))"
    }
    return "\(runtime("MessageExtension"))<\(type)>.\(call)"
  }
}
