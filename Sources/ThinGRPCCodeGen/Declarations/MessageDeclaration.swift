/// A message (`DescriptorProto`).
struct MessageDeclaration {
  let name: String
  /// With the package and a leading dot, as fields refer to it.
  let fullName: String
  let remarks: Remarks
  let fields: [FieldDeclaration]
  let oneofs: [OneofDeclaration]
  let messages: [MessageDeclaration]
  let enums: [EnumDeclaration]
  /// Fields that this message declares for others.
  let extensions: [ExtensionDeclaration]
  /// Whether it stands for the entries of a map field.
  let isMapEntry: Bool

  init(
    _ wire: WireFields, in scope: String, _ context: FileContext, _ path: [Int]
  ) throws(GeneratorError) {
    name = try wire.name(1)
    fullName = "\(scope).\(name)"
    let options = try wire.message(7)
    remarks = context.remarks(at: path, isDeprecated: options?.flag(3) ?? false)
    isMapEntry = options?.flag(7) ?? false
    var fields: [FieldDeclaration] = []
    for (index, field) in try wire.messages(2).enumerated() {
      fields.append(try FieldDeclaration(field, context, path + [2, index]))
    }
    self.fields = fields
    var messages: [MessageDeclaration] = []
    for (index, message) in try wire.messages(3).enumerated() {
      messages.append(try MessageDeclaration(message, in: fullName, context, path + [3, index]))
    }
    self.messages = messages
    var enums: [EnumDeclaration] = []
    for (index, declaration) in try wire.messages(4).enumerated() {
      enums.append(try EnumDeclaration(declaration, in: fullName, context, path + [4, index]))
    }
    self.enums = enums
    var oneofs: [OneofDeclaration] = []
    for (index, oneof) in try wire.messages(8).enumerated() {
      let members = fields.filter { $0.oneofIndex == index }
      // protoc invents a oneof for each `optional` field of proto3; those have no members of their own here.
      guard !members.isEmpty else { continue }
      oneofs.append(
        OneofDeclaration(
          name: try oneof.name(1), index: index,
          comment: context.remarks(at: path + [8, index], isDeprecated: false).comment, members: members))
    }
    self.oneofs = oneofs
    var extensions: [ExtensionDeclaration] = []
    for (index, field) in try wire.messages(6).enumerated() {
      extensions.append(try ExtensionDeclaration(field, in: fullName, context, path + [6, index]))
    }
    self.extensions = extensions
  }
}

/// A oneof with its fields.
struct OneofDeclaration {
  let name: String
  let index: Int
  let comment: [String]
  let members: [FieldDeclaration]
}
