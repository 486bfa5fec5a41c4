extension Emission {
  /// Writes the extensions that a file declares at its top: each in the message that it extends.
  func emitExtensions(of file: FileDeclaration, to text: inout SourceText) throws(GeneratorError) {
    var rest = file.extensions[...]
    while let extendee = rest.first?.extendee {
      let together = rest.prefix { $0.extendee == extendee }
      rest = rest.dropFirst(together.count)
      text.line()
      try text.block("extension \(try types.swiftName(extendee)) {") { (text) throws(GeneratorError) in
        for declaration in together {
          try emit(declaration, name: types.name(of: declaration, in: file), to: &text)
        }
      }
    }
  }

  /// Writes the extensions that a message declares for others: in the message itself.
  func emitExtensions(of message: MessageDeclaration, to text: inout SourceText) throws(GeneratorError) {
    for declaration in message.extensions {
      text.line()
      try emit(declaration, name: extensionName(declaration.field.name), to: &text)
    }
  }

  private func emit(
    _ declaration: ExtensionDeclaration, name: String, to text: inout SourceText
  ) throws(GeneratorError) {
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
    text.attributedComment(field.remarks)
    text.line("\(access)static let \(escaped(name)) = \(runtime("MessageExtension"))<\(type)>.\(call)")
  }
}
