internal import GRPCRuntime

/// The requests of a call, in order; ends when the client half-closes.
///
/// Each message is asked for when it is wanted, which is what slows a client down that sends faster than the handler reads.
/// A stream is read by one task at a time; every iteration goes on where the last one stopped.
public struct RequestStream<Request: CallMessage>: AsyncSequence, Sendable {
  public typealias Element = Request
  public typealias Failure = RPCError

  @usableFromInline let context: ServerContext

  @usableFromInline init(_ context: ServerContext) {
    self.context = context
  }

  /// Goes on where the iteration before stopped.
  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(context: context)
  }

  /// Reads the requests.
  public struct AsyncIterator: AsyncIteratorProtocol {
    @usableFromInline let context: ServerContext

    init(context: ServerContext) {
      self.context = context
    }

    /// The next request; nil when the client has half-closed.
    ///
    /// - Throws: `RPCError` with `cancelled` if the call, or the reading task, was cancelled, and with `internalError` for
    ///   a message that cannot be decoded.
    // As ResponseStream's.
    @inlinable @inline(__always)
    public nonisolated(nonsending) mutating func next(isolation actor: (any Actor)?) async throws(RPCError)
      -> Request?
    {
      if let bytes = try context.nextRequestAtOnce() { return try Request(received: bytes) }
      guard let bytes = try await context.nextRequest() else { return nil }
      return try Request(received: bytes)
    }
  }
}

extension ServerContext {
  /// The next request, where it has arrived already.
  @usableFromInline
  func nextRequestAtOnce() throws(RPCError) -> MessageBytes? {
    guard let outcome = call.nextAtOnce() else { return nil }
    return try request(outcome)
  }

  @usableFromInline
  func nextRequest() async throws(RPCError) -> MessageBytes? {
    try request(await call.next())
  }

  private func request(_ outcome: consuming ReceiveOutcome) throws(RPCError) -> MessageBytes? {
    switch consume outcome {
    case .message(let message): return MessageBytes(message)
    case .end: return nil
    case .failed: throw RPCError(.cancelled, "The call was cancelled")
    case .interrupted: throw RPCError(.cancelled, "The task that was reading was cancelled")
    case .busy: throw RPCError(.internalError, "Two tasks read one request stream at a time")
    }
  }
}
