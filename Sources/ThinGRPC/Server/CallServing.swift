internal import GRPCRuntime

/// Serves the calls of one method: interceptors, handler, reply.
final class CallServing: Sendable {
  let method: RPCMethod
  private let interceptors: [any ServerInterceptor]
  private let onUnexpectedError: (@Sendable (any Error, ServerContext) -> Void)?

  init(
    method: RPCMethod, interceptors: [any ServerInterceptor],
    onUnexpectedError: (@Sendable (any Error, ServerContext) -> Void)?
  ) {
    self.method = method
    self.interceptors = interceptors
    self.onUnexpectedError = onUnexpectedError
  }

  /// Starts the task that serves `call`.
  func begin(_ call: ServerCall) -> Task<Void, Never> {
    let context = ServerContext(call, serving: self)
    return switch call.execution {
    case .queue: Task.immediate(executorPreference: call.queue) { await self.serve(context) }
    case .globalPool:
      Task(executorPreference: globalConcurrentExecutor) {
        call.handlerDidStart()
        await self.serve(context)
      }
    }
  }

  // Part of the task's own function: each asynchronous function between the task and the handler costs a call as much as
  // decoding its request.
  @inline(__always)
  private func serve(_ context: ServerContext) async {
    let outcome: (code: StatusCode, message: String, trailing: [MetadataField])
    var response: MessageBytes?
    do {
      if interceptors.isEmpty {
        try await ServerContext.$current.withValue(context) { response = try await method.handler(context) }
      } else {
        try await ServerContext.$current.withValue(context) {
          try await interceptors.run(context) { response = try await self.method.handler(context) }
        }
      }
      outcome = (.ok, "", [])
    } catch {
      let error = status(for: error, in: context)
      response = nil
      outcome = (error.code, error.message, error.metadata.fields)
    }
    let call = context.call
    call.handlerDidEnd()
    if call.awaitsReplyAlone() {
      call.reply(
        response.take()?.takeBuffer(), code: outcome.code.rawValue, statusMessage: outcome.message,
        trailing: outcome.trailing)
    } else {
      await call.finish(
        response.take()?.takeBuffer(), code: outcome.code.rawValue, statusMessage: outcome.message,
        trailing: outcome.trailing)
    }
  }

  /// The one place where what a handler throws becomes a status. An error of an unknown type says nothing to the client.
  private func status(for error: any Error, in context: ServerContext) -> RPCError {
    switch error {
    case let error as RPCError:
      guard error.code != .ok else {
        return RPCError(
          .unknown, "The handler threw an error with the code OK", metadata: error.metadata
        ).statingItself
      }
      if let problem = error.metadata.fields.lazy.compactMap(\.problem).first {
        return RPCError(error.code, "\(error.message) (trailing metadata was left out: \(problem))")
      }
      return error.statingItself
    case is CancellationError: return RPCError(.cancelled, "The call was cancelled")
    default:
      onUnexpectedError?(error, context)
      return RPCError(.unknown, "The handler failed")
    }
  }
}
