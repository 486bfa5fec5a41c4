extension Emission {
  /// Writes what stands in for the client of a service in tests: a property for each method, with the code that answers it.
  func emitMock(
    of service: ServiceDeclaration, _ names: ServiceNames, to text: inout SourceText
  ) throws(GeneratorError) {
    text.line(
      "/// Stands in for `\(names.client)` in tests: each call is answered by what is set for its method.")
    text.line("///")
    text.line("/// A call for which nothing is set fails with `unimplemented`.")
    try text.block("\(access)struct \(names.mock): \(names.clientProtocol) {") {
      (text) throws(GeneratorError) in
      for method in service.namedMethods {
        text.line("/// Answers `\(method.name)`.")
        text.line("\(access)var \(method.answer): \(try answerType(of: method))?")
      }
      text.line()
      text.line("/// Makes a mock that answers nothing yet.")
      text.line("\(access)init() {}")
      for method in service.namedMethods {
        text.line()
        text.attributedComment(method.remarks)
        let head = "\(access)func \(try signature(of: method, options: .defaulted)) {"
        let call = "\(calls("MockCall"))(\"\(service.fullName)/\(method.declaration.name)\", options)"
        try text.block(head) { (text) throws(GeneratorError) in
          let request =
            method.kind.hasRequestStream ? "\(calls("MockRequests"))(requests)" : "request"
          let effects = method.kind.hasResponseStream ? "" : "try await "
          let function = method.kind.hasResponseStream ? "responses" : "response"
          text.line("\(effects)\(call).\(function)(to: \(request), from: \(method.answer))")
        }
        guard method.kind.hasRequestStream else { continue }
        let function = "\(call).\(method.kind.rawValue)(from: \(method.answer), body)"
        try emitWritten(method, options: .defaulted, calling: function, to: &text)
      }
    }
  }

  /// The type of the code that answers a method.
  private func answerType(of method: NamedMethod) throws(GeneratorError) -> String {
    let (request, response) = try (types.swiftName(method.request), types.swiftName(method.response))
    let parameter = method.kind.hasRequestStream ? "\(calls("MockRequests"))<\(request)>" : request
    let result =
      method.kind.hasResponseStream
      ? "throws -> \(calls("ResponseStream"))<\(response)>" : "async throws -> \(response)"
    return "(@Sendable (\(parameter), \(calls("CallOptions"))) \(result))"
  }
}

extension NamedMethod {
  /// The property of a mock with the code that answers the method.
  fileprivate var answer: String { "on\(capitalizedFirst(name))" }
}
