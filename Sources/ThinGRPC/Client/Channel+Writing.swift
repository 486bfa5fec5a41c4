internal import GRPCRuntime

extension Channel {
  /// Makes a call with one response to a stream of requests that `body` writes. Generated clients call this.
  ///
  /// The requests end when `body` returns. If it throws, the call is cancelled.
  ///
  /// - Throws: `RPCError` for every status but OK, and what `body` throws while the call goes on. A cancelled task cancels the
  ///   call.
  public nonisolated(nonsending) func clientStreaming<Request: CallMessage, Response: CallMessage>(
    _ method: MethodDescriptor, options: CallOptions,
    _ body: nonisolated(nonsending) (RequestWriter<Request>) async throws -> Void
  ) async throws -> Response {
    let call = try await writtenCall(method, options: options)
    let sender = RequestSender(.call(call))
    do {
      try await body(RequestWriter(sender))
      try await sender.finish()
    } catch {
      // A call that has ended before its requests has a response or a status nevertheless.
      guard sender.isRefusing else {
        call.cancel(code: StatusCode.cancelled.rawValue, message: "The writing of the requests failed")
        throw error
      }
    }
    return try Response(received: await ClientStream(call: call).onlyResponse(options))
  }

  /// Makes a call with a stream of responses to a stream of requests, which `body` writes and reads. Generated clients call this.
  ///
  /// The requests end when `body` returns, unless it has ended them; the call ends with the server's status. Responses that
  /// `body` has left are not waited for: the call is cancelled then, as it is if `body` throws.
  ///
  /// - Throws: `RPCError` for every status but OK, and what `body` throws while the call goes on. A cancelled task cancels the
  ///   call.
  public nonisolated(nonsending) func bidirectionalStreaming<
    Request: CallMessage, Response: CallMessage, Result
  >(
    _ method: MethodDescriptor, options: CallOptions,
    _ body: nonisolated(nonsending) (RequestWriter<Request>, CallResponses<Response>) async throws -> Result
  ) async throws -> Result {
    let call = try await writtenCall(method, options: options)
    return try await conversation(
      RequestSender(.call(call)), ResponseReader(options: options, call: call), body)
  }

  private nonisolated(nonsending) func writtenCall(
    _ method: MethodDescriptor, options: CallOptions
  ) async throws(RPCError) -> StreamedCall {
    let call = try beginStreamedCall(method, options: options)
    await call.sendInitialMetadata()
    return call
  }
}

/// Runs `body` with the two streams of a call, and ends the call.
nonisolated(nonsending) func conversation<Request: CallMessage, Response: CallMessage, Result>(
  _ sender: RequestSender, _ reader: ResponseReader,
  _ body: nonisolated(nonsending) (RequestWriter<Request>, CallResponses<Response>) async throws -> Result
) async throws -> Result {
  let result: Result
  do {
    result = try await body(RequestWriter(sender), CallResponses(reader))
    try await sender.finish()
  } catch {
    // Where a request was refused the call has ended by itself, and its status says why.
    while sender.isRefusing, try await reader.next() != nil {}
    reader.cancel()
    throw error
  }
  if try await reader.next() != nil { reader.cancel() }
  return result
}
