extension Emission {
  /// Writes a service: the descriptions of its methods, the protocol that servers implement, and the client, as far as they are
  /// asked for.
  func emit(
    _ service: ServiceDeclaration, _ names: ServiceNames, to text: inout SourceText
  ) throws(GeneratorError) {
    try emitMethods(of: service, names, to: &text)
    if options.server {
      text.line()
      try emitProtocol(of: service, names, to: &text)
      text.line()
      try emitRegistration(of: service, names, to: &text)
    }
    if options.client {
      text.line()
      try emitClientProtocol(of: service, names, to: &text)
      text.line()
      try emitClient(of: service, names, to: &text)
    }
  }

  private func emitMethods(
    of service: ServiceDeclaration, _ names: ServiceNames, to text: inout SourceText
  ) throws(GeneratorError) {
    let descriptor = calls("MethodDescriptor")
    text.line("/// The methods of `\(service.fullName)`.")
    try text.block("\(access)enum \(names.methods) {") { (text) throws(GeneratorError) in
      for method in service.namedMethods {
        text.comment(method.remarks)
        text.line(
          "\(access)static let \(method.swiftName) = \(descriptor)"
            + "(service: \"\(service.fullName)\", method: \"\(method.declaration.name)\", kind: .\(method.kind.rawValue))"
        )
      }
      if !service.methods.isEmpty { text.line() }
      text.line("/// All methods, in the order of the .proto file.")
      let all = service.namedMethods.map(\.swiftName).joined(separator: ", ")
      text.line("\(access)static let all: [\(descriptor)] = [\(all)]")
    }
  }

  private func emitProtocol(
    of service: ServiceDeclaration, _ names: ServiceNames, to text: inout SourceText
  ) throws(GeneratorError) {
    text.comment(service.remarks)
    try text.block("\(access)protocol \(names.service): \(calls("RPCService")) {") {
      (text) throws(GeneratorError) in
      for (index, method) in service.namedMethods.enumerated() {
        if index > 0 { text.line() }
        text.comment(method.remarks)
        let (request, response) = try (types.swiftName(method.request), types.swiftName(method.response))
        let writer = "to responses: \(calls("ResponseWriter"))<\(response)>"
        let requests = "_ requests: \(calls("RequestStream"))<\(request)>"
        let context = "context: \(calls("ServerContext"))"
        switch method.kind {
        case .unary:
          text.line("func \(method.swiftName)(_ request: \(request), \(context)) async throws -> \(response)")
        case .serverStreaming:
          text.line("func \(method.swiftName)(_ request: \(request), \(writer), \(context)) async throws")
        case .clientStreaming:
          text.line("func \(method.swiftName)(\(requests), \(context)) async throws -> \(response)")
        case .bidirectionalStreaming:
          text.line("func \(method.swiftName)(\(requests), \(writer), \(context)) async throws")
        }
      }
    }
  }

  private func emitRegistration(
    of service: ServiceDeclaration, _ names: ServiceNames, to text: inout SourceText
  ) throws(GeneratorError) {
    try text.block("extension \(names.service) {") { (text) throws(GeneratorError) in
      text.line("/// The methods with this service's code behind them, for the server.")
      // So that it is compiled anew for the type that has the code, which is then called directly.
      if access == "public " { text.line("@inlinable") }
      try text.block("\(access)var rpcMethods: [\(calls("RPCMethod"))] {") { (text) throws(GeneratorError) in
        try text.block("[", end: "]") { (text) throws(GeneratorError) in
          for method in service.namedMethods { try emitRegistration(of: method, names, to: &text) }
        }
      }
    }
  }

  private func emitRegistration(
    of method: NamedMethod, _ names: ServiceNames, to text: inout SourceText
  ) throws(GeneratorError) {
    let (request, response) = try (types.swiftName(method.request), types.swiftName(method.response))
    let one = "request: \(request)"
    let many = "requests: \(calls("RequestStream"))<\(request)>"
    let writer = "responses: \(calls("ResponseWriter"))<\(response)>"
    let context = "context: \(calls("ServerContext"))"
    let parameters: String
    let arguments: String
    switch method.kind {
    case .unary: (parameters, arguments) = ("\(one), \(context)", "request")
    case .serverStreaming:
      (parameters, arguments) = ("\(one), \(writer), \(context)", "request, to: responses")
    case .clientStreaming: (parameters, arguments) = ("\(many), \(context)", "requests")
    case .bidirectionalStreaming:
      (parameters, arguments) = ("\(many), \(writer), \(context)", "requests, to: responses")
    }
    let head = ".\(method.kind.rawValue)(\(names.methods).\(method.swiftName)) { (\(parameters)) in"
    try text.block(head, end: "},") { (text) throws(GeneratorError) in
      text.line("try await self.\(method.swiftName)(\(arguments), context: context)")
    }
  }
}
