internal import GRPCRuntime

extension Channel {
  /// Makes a unary call. Generated clients call this.
  ///
  /// - Throws: `RPCError` for every status but OK. A cancelled task cancels the call, which then throws `cancelled`.
  @inlinable
  public func unary<Request: CallMessage, Response: CallMessage>(
    _ method: MethodDescriptor, _ request: Request, options: CallOptions
  ) async throws(RPCError) -> Response {
    // One asynchronous function, with one suspension: all else is done before and after.
    let call = try beginUnary(method, request.bytesToSend(), options: options)
    await call.ended()
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
}

/// A unary call that has begun.
@usableFromInline
struct UnaryCall: Sendable {
  let call: ClientCall

  /// Waits for the call's end; a cancelled task cancels the call.
  @usableFromInline
  func ended() async { await call.ended() }

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
      throw RPCError(.internalError, "The server ended the call with OK and without a response")
    }
    if hasCompressedMessage { throw RPCError(.internalError, Self.problemOfCompressedMessage) }
    return MessageBytes(message)
  }

  /// Throws the status of a call that has ended, unless it is OK.
  func throwStatus(_ options: CallOptions) throws(RPCError) {
    options.receivedMetadata?.takeDownTrailing(of: self)
    let (code, message) = status
    if code == 0 { return }
    var error = RPCError(
      StatusCode(rawValue: code), message, metadata: Metadata(receivedTrailingMetadata))
    error.debugDescription = errorDescription
    throw error
  }
}
