internal import GRPCRuntime

/// Serves the calls of one method: interceptors, handler, reply.
struct CallServing: Sendable {
  let method: RPCMethod
  let interceptors: [any ServerInterceptor]
  let onUnexpectedError: (@Sendable (any Error, ServerContext) -> Void)?

  func serve(_ call: ServerCall) async {
    let context = ServerContext(call, method: method.descriptor)
    do {
      var reply: MessageBytes?
      try await ServerContext.$current.withValue(context) { reply = try await handle(context) }
      await call.reply(
        reply.take()?.takeBuffer(), code: StatusCode.ok.rawValue, statusMessage: "", trailing: [])
    } catch {
      let error = status(for: error, in: context)
      await call.reply(
        nil, code: error.code.rawValue, statusMessage: error.message, trailing: error.metadata.fields)
    }
  }

  private func handle(_ context: ServerContext) async throws -> MessageBytes? {
    if interceptors.isEmpty { return try await method.handler(context) }
    var reply: MessageBytes?
    try await interceptors.run(context) { reply = try await method.handler(context) }
    return reply
  }

  /// The one place where what a handler throws becomes a status. An error of an unknown type says nothing to the client.
  private func status(for error: any Error, in context: ServerContext) -> RPCError {
    switch error {
    case let error as RPCError:
      guard error.code != .ok else {
        return RPCError(.unknown, "The handler threw an error with the code OK", metadata: error.metadata)
      }
      if let problem = error.metadata.fields.lazy.compactMap(\.problem).first {
        return RPCError(error.code, "\(error.message) (trailing metadata was left out: \(problem))")
      }
      return error
    case let error as MessageCodingError: return RPCError(error)
    case is CancellationError: return RPCError(.cancelled, "The call was cancelled")
    default:
      onUnexpectedError?(error, context)
      return RPCError(.unknown, "The handler failed")
    }
  }
}
