internal import GRPCRuntime

extension Channel {
  /// Makes a unary call. Generated clients call this.
  ///
  /// - Throws: `RPCError` for every status but OK. A cancelled task cancels the call, which then throws `cancelled`.
  @inlinable
  public func unary<Request: CallMessage, Response: CallMessage>(
    _ method: MethodDescriptor, _ request: Request, options: CallOptions
  ) async throws(RPCError) -> Response {
    if hasMethodSettings, let response: Response = try await hedgedUnary(method, request, options: options) {
      return response
    }
    // One asynchronous function, with one suspension: all else is done before and after.
    let call = try beginUnary(method, request.bytesToSend(), options: options)
    await call.ended()
    if call.isToBeRepeated {
      return try await repeatUnary(method, request, options: options, insteadOf: call)
    }
    return try Response(received: call.response(options))
  }

  /// Makes a unary call several times at once; nil if its method has no policy for that.
  @inlinable @inline(never)
  func hedgedUnary<Request: CallMessage, Response: CallMessage>(
    _ method: MethodDescriptor, _ request: Request, options: CallOptions
  ) async throws(RPCError) -> Response? {
    let call = try await hedgedCall(method, options) { () throws(RPCError) in try request.bytesToSend() }
    guard let call else { return nil }
    return try Response(received: call.response(options))
  }

  /// Makes a unary call again for as long as that is called for. A function of its own: `unary` has no room for it.
  @inlinable @inline(never)
  func repeatUnary<Request: CallMessage, Response: CallMessage>(
    _ method: MethodDescriptor, _ request: Request, options: CallOptions, insteadOf unprocessed: UnaryCall
  ) async throws(RPCError) -> Response {
    var call = unprocessed
    var attempts = attempts(of: method)
    while let next = await call.waitToBeRepeated(&attempts) {
      call = try beginUnary(method, request.bytesToSend(), next)
      await call.ended()
    }
    return try Response(received: call.response(options))
  }

  @usableFromInline
  func beginUnary(
    _ method: MethodDescriptor, _ request: consuming MessageBytes, options: CallOptions
  ) throws(RPCError) -> UnaryCall {
    let call = try makeCall(method, shape: .unary, options: options)
    call.beginUnary(request.takeBuffer())
    return UnaryCall(call: call)
  }

  @usableFromInline
  func beginUnary(
    _ method: MethodDescriptor, _ request: consuming MessageBytes, _ next: NextCall
  ) throws(RPCError) -> UnaryCall {
    let call = try makeCall(method, shape: .unary, parameters: next.parameters)
    call.beginUnary(request.takeBuffer())
    return UnaryCall(call: call)
  }
}

/// What the call is made with that takes another's place.
@usableFromInline
struct NextCall: Sendable {
  let parameters: ClientCall.Parameters
}

/// A unary call that has begun.
@usableFromInline
struct UnaryCall: Sendable {
  let call: ClientCall

  /// Waits for the call's end; a cancelled task cancels the call.
  @usableFromInline
  func ended() async { await call.ended() }

  /// Whether another call may take the place of this one.
  @usableFromInline
  var isToBeRepeated: Bool { call.mayHaveSuccessor }

  /// Waits until another call is to take the place of this one; nil if none is.
  @usableFromInline
  func waitToBeRepeated(_ attempts: inout Attempts) async -> NextCall? {
    await attempts.waitForNext(after: call).map { NextCall(parameters: $0) }
  }

  /// The response of a call that has ended.
  @usableFromInline
  func response(_ options: CallOptions) throws(RPCError) -> MessageBytes { try call.onlyResponse(options) }
}

extension ClientCall {
  /// The one message of a call that has ended, or its status as an error.
  func onlyResponse(_ options: CallOptions) throws(RPCError) -> MessageBytes {
    options.receivedMetadata?.takeDownInitial(of: self)
    try throwStatus(options)
    guard let message = takeMessage() else {
      throw noResponse
    }
    if hasCompressedMessage { throw RPCError(.internalError, Self.problemOfCompressedMessage) }
    return MessageBytes(message)
  }

  /// What a call ends with that has one response, and had none though it ended with OK.
  ///
  /// Where this side has ended the call just when the server had, the core drops the response that has arrived, and leaves the
  /// server's status.
  var noResponse: RPCError {
    if let cancellationCode {
      return RPCError(StatusCode(rawValue: cancellationCode), "The call was cancelled")
    }
    if parameters.deadline <= .now { return RPCError(.deadlineExceeded, "Deadline Exceeded") }
    return RPCError(.unimplemented, "The server ended the call with OK and without a response")
  }

  /// Throws the status of a call that has ended, unless it is OK.
  func throwStatus(_ options: CallOptions) throws(RPCError) {
    options.receivedMetadata?.takeDownTrailing(of: self)
    let (code, message) = status
    if code == 0 { return }
    if mayHaveSuccessor, Task.isCancelled {
      throw RPCError(.cancelled, "The task that made the call was cancelled before it was made again")
    }
    var error = RPCError(
      StatusCode(rawValue: code), message, metadata: Metadata(receivedTrailingMetadata))
    error.debugDescription = errorDescription
    throw error
  }
}
