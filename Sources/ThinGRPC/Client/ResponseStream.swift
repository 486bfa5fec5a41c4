internal import GRPCRuntime

/// The responses of a call, in order.
///
/// The call begins when the iteration does; leaving the loop, or cancelling the task, cancels it. The loop ends when the
/// server has ended the call with OK, and throws `RPCError` for every other status. Each iteration is a call of its own.
public struct ResponseStream<Response: CallMessage>: AsyncSequence, Sendable {
  public typealias Element = Response
  public typealias Failure = RPCError

  private enum Source {
    case call(CallOptions, begin: @Sendable () throws(RPCError) -> ClientCall)
    case memory(@Sendable () -> MemoryResponses)
  }

  private let source: Source

  init(options: CallOptions, begin: @escaping @Sendable () throws(RPCError) -> ClientCall) {
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

/// Reads the messages of one call, and cancels it when it is let go.
@usableFromInline
final class ResponseReader {
  private let options: CallOptions
  /// Makes the call; nil where there is none to make.
  private let begin: (@Sendable () throws(RPCError) -> ClientCall)?
  private var hasBegun = false
  /// Where the responses come from if from no call.
  private let memory: MemoryResponses?
  /// The call while it is open.
  private var call: ClientCall?
  /// What the last look for a message found instead of one.
  private var outcome: ReceiveOutcome?
  private var hasMetadata = false

  init(options: CallOptions, begin: @escaping @Sendable () throws(RPCError) -> ClientCall) {
    self.options = options
    self.begin = begin
    memory = nil
  }

  init(_ memory: MemoryResponses) {
    options = CallOptions()
    begin = nil
    self.memory = memory
  }

  deinit {
    cancel()
  }

  /// The next message, where it has arrived already.
  @usableFromInline
  func nextAtOnce() -> MessageBytes? {
    // Taken out and put back, not copied: counting references would be a visible part of what a message costs.
    guard let call = call.take() else { return nil }
    defer { self.call = call }
    guard let outcome = call.nextAtOnce() else { return nil }
    switch consume outcome {
    case .message(let message):
      takeDownInitialMetadata(of: call)
      return MessageBytes(message)
    case let other:
      self.outcome = consume other
      return nil
    }
  }

  @usableFromInline
  nonisolated(nonsending) func next() async throws(RPCError) -> MessageBytes? {
    if !hasBegun {
      hasBegun = true
      call = try begin?()
    }
    guard let call else { return try await memory?.next() }
    switch await outcome(of: call) {
    case .message(let message):
      takeDownInitialMetadata(of: call)
      return MessageBytes(message)
    case .busy:
      throw RPCError(.internalError, "Two tasks read one response stream at a time")
    default:
      // The end, or a failure: the status tells.
      self.call = nil
      await call.ended()
      takeDownInitialMetadata(of: call)
      try call.throwStatus(options)
      return nil
    }
  }

  private nonisolated(nonsending) func outcome(of call: ClientCall) async -> ReceiveOutcome {
    if let outcome = outcome.take() { return outcome }
    return await call.next()
  }

  /// Cancels the call if it is open.
  @usableFromInline
  func cancel() {
    guard let call = call.take() else { return }
    call.cancel(code: StatusCode.cancelled.rawValue, message: "The response stream was left before its end")
  }

  private func takeDownInitialMetadata(of call: ClientCall) {
    if hasMetadata { return }
    hasMetadata = true
    options.receivedMetadata?.takeDownInitial(of: call)
  }
}
