internal import GRPCRuntime

/// A call that has begun.
enum BegunCall: Sendable {
  /// With one request, so that it can be begun again as it is.
  case plain(ClientCall, Attempts)
  /// With one request, several times at once.
  case hedged(Hedging)
  case streamed(StreamedCall)
}

/// Makes a call and begins it; given what it is made with, if it takes another's place.
typealias BeginCall = @Sendable (_ successor: ClientCall.Parameters?) throws(RPCError) -> BegunCall

/// The responses of a call, in order.
///
/// The call begins when the iteration does; leaving the loop, or cancelling the task, cancels it. The loop ends when the
/// server has ended the call with OK, and throws `RPCError` for every other status. Each iteration is a call of its own.
public struct ResponseStream<Response: CallMessage>: AsyncSequence, Sendable {
  public typealias Element = Response
  public typealias Failure = RPCError

  private enum Source {
    case call(CallOptions, begin: BeginCall)
    case memory(@Sendable () -> MemoryResponses)
  }

  private let source: Source

  init(options: CallOptions, begin: @escaping BeginCall) {
    source = .call(options, begin: begin)
  }

  init(_ responses: @escaping @Sendable () -> MemoryResponses) {
    source = .memory(responses)
  }

  /// Prepares a call; its first `next` makes it.
  public func makeAsyncIterator() -> AsyncIterator {
    switch source {
    case .call(let options, let begin): AsyncIterator(reader: ResponseReader(options: options, begin: begin))
    case .memory(let responses): AsyncIterator(reader: ResponseReader(responses()))
    }
  }

  /// Reads the responses; cancels the call with its end.
  public struct AsyncIterator: AsyncIteratorProtocol {
    @usableFromInline let reader: ResponseReader

    init(reader: ResponseReader) {
      self.reader = reader
    }

    /// The next response; nil when the server has ended the call with OK.
    ///
    /// - Throws: `RPCError`, once: after that there is nothing more.
    // Isolated as its caller is, whatever the actor: an isolated parameter would have the compiler look for the executor twice
    // for each response. Inlined, so that a response which is there costs the loop no asynchronous call.
    @inlinable @inline(__always)
    public nonisolated(nonsending) mutating func next(isolation actor: (any Actor)?) async throws(RPCError)
      -> Response?
    {
      if let bytes = reader.nextAtOnce() { return try response(bytes) }
      guard let bytes = try await reader.next() else { return nil }
      return try response(bytes)
    }

    @inlinable
    func response(_ bytes: consuming MessageBytes) throws(RPCError) -> Response {
      do {
        return try Response(received: bytes)
      } catch {
        reader.cancel()
        throw error
      }
    }
  }
}
