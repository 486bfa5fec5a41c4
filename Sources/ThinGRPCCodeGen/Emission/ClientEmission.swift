extension Emission {
  /// Writes what the client of a service has in common with its mock.
  func emitClientProtocol(
    of service: ServiceDeclaration, _ names: ServiceNames, to text: inout SourceText
  ) throws(GeneratorError) {
    let methods = service.namedMethods
    text.line(
      "/// The calls of `\(service.fullName)`: `\(names.client)` makes them, and a mock can answer them in tests."
    )
    try text.block("\(access)protocol \(names.clientProtocol): \(standard("Sendable")) {") {
      (text) throws(GeneratorError) in
      for (index, method) in methods.enumerated() {
        if index > 0 { text.line() }
        text.comment(method.remarks)
        text.line("func \(try signature(of: method, options: .required))")
        guard method.kind.hasRequestStream else { continue }
        text.line()
        text.comment(method.remarks)
        text.line("nonisolated(nonsending) func \(try writtenSignature(of: method, options: .required))")
      }
    }
    guard !methods.isEmpty else { return }
    text.line()
    try text.block("extension \(names.clientProtocol) {") { (text) throws(GeneratorError) in
      for (index, method) in methods.enumerated() {
        if index > 0 { text.line() }
        text.attributedComment(method.remarks)
        let head = "\(access)func \(try signature(of: method, options: .absent)) {"
        try text.block(head) { (text) throws(GeneratorError) in
          let effects = method.kind.hasResponseStream ? "" : "try await "
          text.line(
            "\(effects)\(method.calledName)(\(method.kind.parameter), options: \(calls("CallOptions"))())")
        }
        guard method.kind.hasRequestStream else { continue }
        let call = "\(method.calledName)(options: \(calls("CallOptions"))(), body)"
        try emitWritten(method, options: .absent, calling: call, to: &text)
      }
    }
  }

  /// Writes the client of a service: a method for each of its methods.
  func emitClient(
    of service: ServiceDeclaration, _ names: ServiceNames, to text: inout SourceText
  ) throws(GeneratorError) {
    text.line("/// Calls the methods of `\(service.fullName)` over a channel.")
    if !service.remarks.comment.isEmpty || service.remarks.isDeprecated {
      text.line("///")
      text.comment(service.remarks)
    }
    try text.block("\(access)struct \(names.client): \(names.clientProtocol) {") {
      (text) throws(GeneratorError) in
      text.line("/// The channel that the calls go over.")
      text.line("\(access)let channel: \(calls("Channel"))")
      text.line()
      text.line("\(access)init(_ channel: \(calls("Channel"))) { self.channel = channel }")
      for method in service.namedMethods {
        text.line()
        text.attributedComment(method.remarks)
        let head = "\(access)func \(try signature(of: method, options: .defaulted)) {"
        try text.block(head) { (text) throws(GeneratorError) in
          let effects = method.kind.hasResponseStream ? "" : "try await "
          let arguments = "\(names.methods).\(method.swiftName), \(method.kind.parameter), options: options"
          text.line("\(effects)channel.\(method.kind.rawValue)(\(arguments))")
        }
        guard method.kind.hasRequestStream else { continue }
        let call =
          "channel.\(method.kind.rawValue)(\(names.methods).\(method.swiftName), options: options, body)"
        try emitWritten(method, options: .defaulted, calling: call, to: &text)
      }
    }
  }

  /// How a method's signature mentions the options of the call.
  enum OptionsParameter { case required, defaulted, absent }

  /// The signature of a method on the client, from its name on.
  func signature(of method: NamedMethod, options: OptionsParameter) throws(GeneratorError) -> String {
    let (request, response) = try (types.swiftName(method.request), types.swiftName(method.response))
    let type = calls("CallOptions")
    let last =
      switch options {
      case .required: ", options: \(type)"
      case .defaulted: ", options: \(type) = \(type)()"
      case .absent: ""
      }
    let result =
      method.kind.hasResponseStream
      ? "-> \(calls("ResponseStream"))<\(response)>"
      : "async throws(\(calls("RPCError"))) -> \(response)"
    guard method.kind.hasRequestStream else {
      return "\(method.swiftName)(_ request: \(request)\(last)) \(result)"
    }
    let requests = genericParameter("Requests", apartFrom: [request, response])
    let generics = "<\(requests): \(standard("AsyncSequence")) & \(standard("Sendable"))>"
    return "\(method.swiftName)\(generics)(_ requests: \(requests)\(last)) \(result)"
      + " where \(requests).Element == \(request)"
  }

  /// The name of a generic parameter, which must not hide one of the types beside it.
  func genericParameter(_ name: String, apartFrom types: [String]) -> String {
    let isTaken = types.contains { $0.split(separator: ".").contains { $0 == name } }
    return isTaken ? genericParameter("\(name)Type", apartFrom: types) : name
  }
}

extension ServiceDeclaration.Method.Kind {
  var hasRequestStream: Bool { self == .clientStreaming || self == .bidirectionalStreaming }

  var hasResponseStream: Bool { self == .serverStreaming || self == .bidirectionalStreaming }

  /// The name of the first parameter on the client.
  var parameter: String { hasRequestStream ? "requests" : "request" }
}
