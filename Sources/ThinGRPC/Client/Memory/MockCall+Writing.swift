// The calls of a mock whose caller writes the requests. Each request goes through its encoding, as it would in a call.
extension MockCall {
  /// The one response to the requests that `body` writes.
  ///
  /// - Parameters:
  ///   - answer: the code that answers them, beside `body`.
  ///   - body: writes the requests.
  /// - Throws: what `response(to:from:)` throws, and what `body` throws.
  public nonisolated(nonsending) func clientStreaming<Request: CallMessage, Response: CallMessage>(
    from answer: (@Sendable (MockRequests<Request>, CallOptions) async throws -> Response)?,
    _ body: nonisolated(nonsending) (RequestWriter<Request>) async throws -> Void
  ) async throws -> Response {
    let (requests, sender) = makeRequests(of: Request.self)
    async let response = response(to: requests, from: answer)
    try await body(RequestWriter(sender))
    try await sender.finish()
    return try await response
  }

  /// The stream of responses to the requests that `body` writes, read by `body`.
  ///
  /// - Parameters:
  ///   - answer: the code that answers them, beside `body`.
  ///   - body: writes the requests and reads the responses.
  /// - Throws: what `answer` and its stream throw, with `unknown` for what is no `RPCError`, and what `body` throws.
  public nonisolated(nonsending) func bidirectionalStreaming<
    Request: CallMessage, Response: CallMessage, Result
  >(
    from answer: ((MockRequests<Request>, CallOptions) throws -> ResponseStream<Response>)?,
    _ body: nonisolated(nonsending) (RequestWriter<Request>, CallResponses<Response>) async throws -> Result
  ) async throws -> Result {
    let (requests, sender) = makeRequests(of: Request.self)
    let responses = responses(to: requests, from: answer).makeAsyncIterator()
    return try await conversation(sender, responses.reader, body)
  }

  private func makeRequests<Request: CallMessage>(
    of type: Request.Type
  ) -> (MockRequests<Request>, RequestSender) {
    let (requests, continuation) = AsyncStream.makeStream(of: Request.self)
    let sender = RequestSender(
      .memory { bytes throws(RPCError) in
        if let bytes { continuation.yield(try Request(received: bytes)) } else { continuation.finish() }
      })
    return (MockRequests(requests), sender)
  }
}
