internal import GRPCRuntime

extension Channel {
  /// Makes a unary call. Generated clients call this.
  ///
  /// - Throws: `RPCError` for every status but OK. A cancelled task cancels the call, which then throws `cancelled`.
  @inlinable
  public func unary<Request: CallMessage, Response: CallMessage>(
    _ method: MethodDescriptor, _ request: Request, options: CallOptions
  ) async throws(RPCError) -> Response {
    try Response(response: await unary(method, MessageBytes(request: request), options: options))
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

extension MessageBytes {
  /// Encodes a request; a failure is the caller's to see as the call's.
  @inlinable
  init<Request: CallMessage>(request: borrowing Request) throws(RPCError) {
    do {
      self = try request.encoded()
    } catch {
      throw RPCError(error)
    }
  }
}

extension CallMessage {
  /// Decodes a response; bytes that are none end the call with `internalError`.
  @inlinable
  init(response bytes: consuming MessageBytes) throws(RPCError) {
    do {
      self = try Self(decoding: bytes)
    } catch {
      throw RPCError(error)
    }
  }
}
