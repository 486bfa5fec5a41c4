// The methods of a client whose caller writes the requests, instead of handing over a sequence of them.
extension Emission {
  /// The signature of such a method, from its name on.
  func writtenSignature(
    of method: NamedMethod, options: OptionsParameter
  ) throws(GeneratorError) -> String {
    let (request, response) = try (types.swiftName(method.request), types.swiftName(method.response))
    let type = calls("CallOptions")
    let first =
      switch options {
      case .required: "options: \(type), "
      case .defaulted: "options: \(type) = \(type)(), "
      case .absent: ""
      }
    let writer = "\(calls("RequestWriter"))<\(request)>"
    guard method.kind.hasResponseStream else {
      let body = "nonisolated(nonsending) (\(writer)) async throws -> \(standard("Void"))"
      return "\(method.swiftName)(\(first)_ body: \(body)) async throws -> \(response)"
    }
    let result = genericParameter("Outcome", apartFrom: [request, response])
    let streams = "\(writer), \(calls("CallResponses"))<\(response)>"
    let body = "nonisolated(nonsending) (\(streams)) async throws -> \(result)"
    return "\(method.swiftName)<\(result)>(\(first)_ body: \(body)) async throws -> \(result)"
  }

  /// Writes the method, with a body that is one call of `function`.
  func emitWritten(
    _ method: NamedMethod, options: OptionsParameter, calling function: String, to text: inout SourceText
  ) throws(GeneratorError) {
    text.line()
    text.attributedComment(method.remarks)
    let head = "\(access)nonisolated(nonsending) func \(try writtenSignature(of: method, options: options)) {"
    try text.block(head) { (text) throws(GeneratorError) in text.line("try await \(function)") }
  }
}
