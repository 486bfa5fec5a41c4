internal import GRPCRuntime

extension Channel {
  /// Makes a unary call. Generated clients call this.
  ///
  /// - Throws: `RPCError` for every status but OK. A cancelled task cancels the call, which then throws `cancelled`.
  @inlinable
  public func unary<Request: CallMessage, Response: CallMessage>(
    _ method: MethodDescriptor, _ request: Request, options: CallOptions
  ) async throws(RPCError) -> Response {
    try Response(received: await unary(method, request.bytesToSend(), options: options))
  }

  @usableFromInline
  func unary(
    _ method: MethodDescriptor, _ request: consuming MessageBytes, options: CallOptions
  ) async throws(RPCError) -> MessageBytes {
    let call = try makeCall(method, shape: .unary, options: options)
    await call.unary(request.takeBuffer())
    return try call.onlyResponse(options)
  }
}

extension ClientCall {
  /// The one message of a call that has ended, or its status as an error.
  func onlyResponse(_ options: CallOptions) throws(RPCError) -> MessageBytes {
    options.receivedMetadata?.takeDownInitial(of: self)
    try throwStatus(options)
    guard let message = takeMessage() else {
      throw RPCError(.internalError, "The server ended the call with OK and without a response")
    }
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
