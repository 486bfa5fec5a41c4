/// A field that is declared for a message elsewhere (`extend`).
struct ExtensionDeclaration {
  let field: FieldDeclaration
  /// The full name of the message that it extends.
  let extendee: String
  /// The extension's own full name, with a leading dot.
  let fullName: String

  init(
    _ wire: WireFields, in scope: String, _ context: FileContext, _ path: [Int]
  ) throws(GeneratorError) {
    field = try FieldDeclaration(wire, context, path)
    extendee = wire.string(2) ?? ""
    fullName = "\(scope).\(field.name)"
  }
}
