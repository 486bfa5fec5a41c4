internal import GRPCRuntime

/// The responses of a call, in order.
///
/// The call begins when the iteration does; leaving the loop, or cancelling the task, cancels it. The loop ends when the
/// server has ended the call with OK, and throws `RPCError` for every other status. Each iteration is a call of its own.
public struct ResponseStream<Response: CallMessage>: AsyncSequence, Sendable {
  public typealias Element = Response
  public typealias Failure = RPCError

  private let begin: @Sendable () throws(RPCError) -> ClientCall
  private let options: CallOptions

  init(options: CallOptions, begin: @escaping @Sendable () throws(RPCError) -> ClientCall) {
    self.options = options
    self.begin = begin
  }

  /// Prepares a call; its first `next` makes it.
  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(reader: ResponseReader(options: options, begin: begin))
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
    @inlinable
    public mutating func next(isolation actor: isolated (any Actor)?) async throws(RPCError) -> Response? {
      guard let bytes = try await reader.next() else { return nil }
      do {
        return try Response(received: bytes)
      } catch {
        reader.cancel()
        throw error
      }
    }
  }
}

/// Reads the messages of one call, and cancels it when it is let go.
@usableFromInline
final class ResponseReader {
  private enum State {
    case idle, ended
    case open(ClientCall)
  }

  private let options: CallOptions
  private let begin: @Sendable () throws(RPCError) -> ClientCall
  private var state = State.idle
  private var hasMetadata = false

  init(options: CallOptions, begin: @escaping @Sendable () throws(RPCError) -> ClientCall) {
    self.options = options
    self.begin = begin
  }

  deinit {
    cancel()
  }

  @usableFromInline
  nonisolated(nonsending) func next() async throws(RPCError) -> MessageBytes? {
    let call: ClientCall
    switch state {
    case .ended: return nil
    case .open(let open): call = open
    case .idle:
      state = .ended
      call = try begin()
      state = .open(call)
    }
    switch await call.next() {
    case .message(let message):
      takeDownInitialMetadata(of: call)
      return MessageBytes(message)
    case .busy:
      throw RPCError(.internalError, "Two tasks read one response stream at a time")
    default:
      // The end, or a failure: the status tells.
      state = .ended
      await call.ended()
      takeDownInitialMetadata(of: call)
      try call.throwStatus(options)
      return nil
    }
  }

  /// Cancels the call if it is open.
  @usableFromInline
  func cancel() {
    guard case .open(let call) = state else { return }
    state = .ended
    call.cancel(code: StatusCode.cancelled.rawValue, message: "The response stream was left before its end")
  }

  private func takeDownInitialMetadata(of call: ClientCall) {
    if hasMetadata { return }
    hasMetadata = true
    options.receivedMetadata?.takeDownInitial(of: call)
  }
}
