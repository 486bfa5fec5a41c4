/// Responses that come from no call: for mocks of clients, in tests. Each goes through its encoding, as it would in a call.
extension ResponseStream {
  /// A stream of some responses, which then ends with OK, or with an error.
  ///
  /// - Parameters:
  ///   - responses: the responses in order; every iteration over the stream begins with the first.
  ///   - error: what the stream throws after the last response.
  public init(_ responses: some Sequence<Response> & Sendable, error: RPCError? = nil) {
    self.init { () in
      var iterator = responses.makeIterator()
      return MemoryResponses { () async throws(RPCError) in
        if let response = iterator.next() { return try response.bytesToSend() }
        if let error { throw error }
        return nil
      }
    }
  }

  /// A stream of the elements of a sequence, as they come.
  ///
  /// An error of the sequence ends the stream: an `RPCError` as it is, any other as `unknown`.
  ///
  /// - Parameter responses: the sequence; every iteration over the stream makes an iterator of it.
  public init<Responses: AsyncSequence & Sendable>(_ responses: Responses)
  where Responses.Element == Response {
    self.init { () in
      var iterator = responses.makeAsyncIterator()
      return MemoryResponses { () async throws(RPCError) in
        do {
          return try await iterator.next(isolation: #isolation)?.bytesToSend()
        } catch {
          throw RPCError(ofSequence: error)
        }
      }
    }
  }

  /// A stream that has no response and throws at once.
  public init(throwing error: RPCError) {
    self.init(EmptyCollection(), error: error)
  }
}

/// Where the responses of a stream come from that is no call's; read by one task at a time.
final class MemoryResponses {
  private let read: () async throws(RPCError) -> MessageBytes?
  private var hasEnded = false

  init(_ read: @escaping () async throws(RPCError) -> MessageBytes?) {
    self.read = read
  }

  /// The next response; nil at the end, and after an error.
  nonisolated(nonsending) func next() async throws(RPCError) -> MessageBytes? {
    if hasEnded { return nil }
    hasEnded = true
    if Task.isCancelled { throw RPCError(.cancelled, "The task that was reading was cancelled") }
    guard let response = try await read() else { return nil }
    hasEnded = false
    return response
  }
}

extension RPCError {
  /// What a caller sees of an error that a sequence, or the code that stands in for a server, has thrown.
  init(ofSequence error: any Error) {
    switch error {
    case let error as RPCError: self = error
    case is CancellationError: self.init(.cancelled, "The task was cancelled")
    default: self.init(.unknown, "\(error)")
    }
  }
}
