/// A .proto file (`FileDescriptorProto`).
struct FileDeclaration {
  let path: String
  /// The files that it imports.
  let imports: [String]
  /// The file itself, encoded, without its comments.
  let descriptor: [UInt8]
  let package: String
  let swiftPrefix: String
  /// The paths of the files that it hands on to those that import it (`import public`).
  let publicImports: [String]
  let messages: [MessageDeclaration]
  let enums: [EnumDeclaration]
  let services: [ServiceDeclaration]
  let extensions: [ExtensionDeclaration]

  init(_ fields: WireFields) throws(GeneratorError) {
    path = fields.string(1) ?? ""
    let imports = fields.strings(3)
    self.imports = imports
    // The comments are in `source_code_info`.
    descriptor = fields.encoded(without: 9)
    let package = fields.string(2) ?? ""
    let swiftPrefix = try fields.message(8)?.string(39) ?? ""
    guard package.split(separator: ".").allSatisfy({ isIdentifier($0) }),
      swiftPrefix.isEmpty || isIdentifier(swiftPrefix)
    else {
      throw GeneratorError("\(path) has a package or a swift_prefix that cannot be part of a name in Swift")
    }
    self.package = package
    self.swiftPrefix = swiftPrefix
    publicImports = try fields.numbers(10).filter(imports.indices.contains).map { imports[$0] }
    let context = try FileContext(fields)
    let scope = package.isEmpty ? "" : ".\(package)"
    var messages: [MessageDeclaration] = []
    for (index, message) in try fields.messages(4).enumerated() {
      messages.append(try MessageDeclaration(message, in: scope, context, [4, index]))
    }
    self.messages = messages
    var enums: [EnumDeclaration] = []
    for (index, declaration) in try fields.messages(5).enumerated() {
      enums.append(try EnumDeclaration(declaration, in: scope, context, [5, index]))
    }
    self.enums = enums
    var services: [ServiceDeclaration] = []
    for (index, service) in try fields.messages(6).enumerated() {
      services.append(try ServiceDeclaration(service, in: package, context, [6, index]))
    }
    self.services = services
    var extensions: [ExtensionDeclaration] = []
    for (index, field) in try fields.messages(7).enumerated() {
      extensions.append(try ExtensionDeclaration(field, in: scope, context, [7, index]))
    }
    self.extensions = extensions
  }
}

extension FileDeclaration {
  /// The messages and enums at the top: their names, and those with the package.
  var typesAtTop: [(name: String, fullName: String)] {
    messages.map { ($0.name, $0.fullName) } + enums.map { ($0.name, $0.fullName) }
  }
}
