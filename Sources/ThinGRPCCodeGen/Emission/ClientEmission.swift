extension Emission {
  /// Writes the client of a service: a method for each of its methods.
  func emitClient(
    of service: ServiceDeclaration, name: String, to text: inout SourceText
  ) throws(GeneratorError) {
    text.line("/// Calls the methods of `\(service.fullName)` over a channel.")
    if !service.remarks.comment.isEmpty {
      text.line("///")
      text.comment(service.remarks)
    }
    try text.block("\(access)struct \(name)Client: \(standard("Sendable")) {") {
      (text) throws(GeneratorError) in
      text.line("/// The channel that the calls go over.")
      text.line("\(access)let channel: \(calls("Channel"))")
      text.line()
      text.line("\(access)init(_ channel: \(calls("Channel"))) { self.channel = channel }")
      for method in service.methods {
        text.line()
        text.attributedComment(method.remarks)
        try emitCall(of: method, "\(name)Methods.\(method.swiftName)", to: &text)
      }
    }
  }

  private func emitCall(
    of method: ServiceDeclaration.Method, _ descriptor: String, to text: inout SourceText
  ) throws(GeneratorError) {
    let (request, response) = try (types.swiftName(method.request), types.swiftName(method.response))
    let error = calls("RPCError")
    let options = "options: \(calls("CallOptions")) = \(calls("CallOptions"))()"
    let requests = "<Requests: \(standard("AsyncSequence")) & \(standard("Sendable"))>"
    let one = "\(method.swiftName)(_ request: \(request), \(options))"
    let many = "\(method.swiftName)\(requests)(_ requests: Requests, \(options))"
    let stream = "\(calls("ResponseStream"))<\(response)>"
    let head: String
    let call: String
    switch method.kind {
    case .unary:
      head = "\(one) async throws(\(error)) -> \(response) {"
      call = "try await channel.unary(\(descriptor), request, options: options)"
    case .serverStreaming:
      head = "\(one) -> \(stream) {"
      call = "channel.serverStreaming(\(descriptor), request, options: options)"
    case .clientStreaming:
      head = "\(many) async throws(\(error)) -> \(response) where Requests.Element == \(request) {"
      call = "try await channel.clientStreaming(\(descriptor), requests, options: options)"
    case .bidirectionalStreaming:
      head = "\(many) -> \(stream) where Requests.Element == \(request) {"
      call = "channel.bidirectionalStreaming(\(descriptor), requests, options: options)"
    }
    try text.block("\(access)func \(head)") { (text) throws(GeneratorError) in text.line(call) }
  }
}
