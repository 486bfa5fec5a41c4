/// An enum (`EnumDescriptorProto`).
struct EnumDeclaration {
  struct Value {
    let name: String
    let number: Int
    let remarks: Remarks
  }

  let name: String
  /// With the package and a leading dot, as fields refer to it.
  let fullName: String
  let remarks: Remarks
  /// Whether numbers without a name are no values, as in proto2.
  let isClosed: Bool
  let values: [Value]

  init(
    _ wire: WireFields, in scope: String, _ context: FileContext, _ path: [Int]
  ) throws(GeneratorError) {
    name = try wire.name(1)
    fullName = "\(scope).\(name)"
    remarks = context.remarks(at: path, isDeprecated: try wire.message(3)?.flag(3) ?? false)
    isClosed = context.syntax == .proto2
    var values: [Value] = []
    for (index, value) in try wire.messages(2).enumerated() {
      values.append(
        Value(
          name: try value.name(1), number: value.number(2) ?? 0,
          remarks: context.remarks(
            at: path + [2, index], isDeprecated: try value.message(3)?.flag(1) ?? false)))
    }
    self.values = values
  }
}
