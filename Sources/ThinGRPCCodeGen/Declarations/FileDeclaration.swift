/// A .proto file (`FileDescriptorProto`).
struct FileDeclaration {
  let path: String
  let package: String
  let syntax: String
  let swiftPrefix: String
  let messages: [MessageDeclaration]
  let enums: [EnumDeclaration]
  let services: [ServiceDeclaration]

  init(_ fields: WireFields) throws(GeneratorError) {
    path = fields.string(1) ?? ""
    package = fields.string(2) ?? ""
    syntax = fields.string(12) ?? "proto2"
    swiftPrefix = try fields.message(8)?.string(39) ?? ""
    let comments = try SourceComments(fields.message(9))
    let scope = package.isEmpty ? "" : ".\(package)"
    var messages: [MessageDeclaration] = []
    for (index, message) in try fields.messages(4).enumerated() {
      messages.append(try MessageDeclaration(message, in: scope, comments, [4, index]))
    }
    self.messages = messages
    var enums: [EnumDeclaration] = []
    for (index, declaration) in try fields.messages(5).enumerated() {
      enums.append(try EnumDeclaration(declaration, in: scope, comments, [5, index]))
    }
    self.enums = enums
    var services: [ServiceDeclaration] = []
    for (index, service) in try fields.messages(6).enumerated() {
      services.append(try ServiceDeclaration(service, in: package, comments, [6, index]))
    }
    self.services = services
  }
}
