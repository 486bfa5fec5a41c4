internal import GRPCRuntime

/// Reads the messages of one call, and cancels it when it is let go.
@usableFromInline
final class ResponseReader {
  private let options: CallOptions
  /// Makes the call; nil where there is none to make.
  private let begin: BeginCall?
  private var hasBegun = false
  private var attempts = Attempts()
  /// Where the responses come from if from no call.
  private let memory: MemoryResponses?
  /// The call while it is open.
  private var call: ClientCall?
  /// What the call belongs to, if it has a stream of requests.
  private var streamed: StreamedCall?
  /// What the last look for a message found instead of one.
  private var outcome: ReceiveOutcome?
  private var hasMetadata = false

  init(options: CallOptions, begin: @escaping BeginCall) {
    self.options = options
    self.begin = begin
    memory = nil
  }

  /// Reads a call that has begun.
  init(options: CallOptions, call: StreamedCall) {
    self.options = options
    streamed = call
    self.call = call.call
    begin = nil
    hasBegun = true
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
      switch try begin?(nil) {
      case .plain(let call, let attempts): (self.call, self.attempts) = (call, attempts)
      case .hedged(let hedging):
        let answered = try await hedging.decidingCall(options, AnsweredCall.firstOfMany)
        call = answered.call
        outcome = answered.takeFirst()
      case .streamed(let streamed): (self.streamed, call) = (streamed, streamed.call)
      case nil: break
      }
    }
    while let call {
      switch await outcome(of: call) {
      case .message(let message):
        takeDownInitialMetadata(of: call)
        return MessageBytes(message)
      case .busy:
        throw RPCError(.internalError, "Two tasks read one response stream at a time")
      default:
        // The end, or a failure: the status tells.
        self.call = nil
        self.call = try await successor(of: call)
        if self.call != nil { continue }
        takeDownInitialMetadata(of: call)
        try call.throwStatus(options)
        return nil
      }
    }
    return try await memory?.next()
  }

  /// Waits for the initial metadata of a call that has begun; empty where the server ends the call with OK and without any.
  nonisolated(nonsending) func initialMetadata() async throws(RPCError) -> Metadata {
    while let call, !hasMetadata {
      guard call.receivesInitialMetadataEarly else {
        throw RPCError(
          .failedPrecondition,
          "Initial metadata is early where the call's ReceivedMetadata has an `onInitial`")
      }
      if await call.initialMetadataArrived() {
        takeDownInitialMetadata(of: call)
      } else {
        // With no more than a status: another call may take the place of this one.
        self.call = nil
        self.call = try await successor(of: call)
        if self.call == nil { try call.throwStatus(options) }
      }
    }
    return options.receivedMetadata?.initial ?? Metadata()
  }

  /// Waits for the end of `call`; the call that takes its place, if one does.
  private nonisolated(nonsending) func successor(of call: ClientCall) async throws(RPCError) -> ClientCall? {
    if let streamed { return await streamed.successor(of: call) }
    await call.ended()
    guard let begin, let parameters = await attempts.waitForNext(after: call),
      case .plain(let successor, _) = try begin(parameters)
    else { return nil }
    return successor
  }

  private nonisolated(nonsending) func outcome(of call: ClientCall) async -> ReceiveOutcome {
    if let outcome = outcome.take() { return outcome }
    return await call.next()
  }

  /// Cancels the call if it is open.
  @usableFromInline
  func cancel() {
    guard let call = call.take() else { return }
    let (code, reason) = (StatusCode.cancelled.rawValue, "The response stream was left before its end")
    if let streamed {
      streamed.cancel(code: code, message: reason)
    } else {
      call.cancel(code: code, message: reason)
    }
  }

  private func takeDownInitialMetadata(of call: ClientCall) {
    if hasMetadata { return }
    hasMetadata = true
    streamed?.commit()
    options.receivedMetadata?.takeDownInitial(of: call)
  }
}
