/// A service (`ServiceDescriptorProto`).
struct ServiceDeclaration {
  struct Method {
    enum Kind: String { case unary, serverStreaming, clientStreaming, bidirectionalStreaming }

    let name: String
    let kind: Kind
    /// The full name of the request's type.
    let request: String
    /// The full name of the response's type.
    let response: String
    let remarks: Remarks
  }

  let name: String
  /// With the package, as calls name it.
  let fullName: String
  let remarks: Remarks
  let methods: [Method]

  init(
    _ wire: WireFields, in package: String, _ context: FileContext, _ path: [Int]
  ) throws(GeneratorError) {
    name = try wire.name(1)
    fullName = package.isEmpty ? name : "\(package).\(name)"
    remarks = context.remarks(at: path, isDeprecated: try wire.message(3)?.flag(33) ?? false)
    var methods: [Method] = []
    for (index, method) in try wire.messages(2).enumerated() {
      let kind: Method.Kind =
        switch (method.flag(5), method.flag(6)) {
        case (false, false): .unary
        case (false, true): .serverStreaming
        case (true, false): .clientStreaming
        case (true, true): .bidirectionalStreaming
        }
      methods.append(
        Method(
          name: try method.name(1), kind: kind, request: method.string(2) ?? "",
          response: method.string(3) ?? "",
          remarks: context.remarks(
            at: path + [2, index], isDeprecated: try method.message(4)?.flag(33) ?? false)))
    }
    self.methods = methods
  }
}
