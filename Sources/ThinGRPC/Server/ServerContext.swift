package import GRPCRuntime

/// The call that a handler serves: what the client said of it, and what goes back beside the messages.
///
/// Valid as long as the handler runs; may be used from any task.
public struct ServerContext: Sendable {
  package let call: ServerCall
  private let serving: CallServing

  /// The call that the current task is handling; nil outside handlers. Calls that are made meanwhile inherit its deadline.
  @TaskLocal public static var current: ServerContext?

  init(_ call: ServerCall, serving: CallServing) {
    self.call = call
    self.serving = serving
  }

  /// The method that was called.
  public var method: MethodDescriptor { serving.method.descriptor }

  /// The initial metadata that the client sent, read anew each time.
  public var metadata: Metadata { Metadata(call.receivedInitialMetadata) }

  /// The client: its address, how the connection is secured, and who it is by its verified certificate. Read anew each time.
  ///
  /// Rests on `grpc_call_get_peer` and `grpc_call_auth_context`.
  public var peer: Peer { Peer(call) }

  /// How much time the client still gives the call, at least zero; nil where it set no deadline.
  public var timeRemaining: Duration? {
    let deadline = call.deadline
    if deadline == .distantFuture { return nil }
    return .nanoseconds(max(0, deadline.nanoseconds - MonotonicInstant.now.nanoseconds))
  }

  /// Sets the metadata that goes out before the first message, in place of what was set before. More than the client takes in, 8 KiB
  /// by gRPC's default, ends the call with `resourceExhausted`.
  ///
  /// - Throws: `RPCError` with `internalError` if an entry breaks the rules of `Metadata`, or `failedPrecondition` if the
  ///   initial metadata has been sent.
  public func setInitialMetadata(_ metadata: Metadata) throws(RPCError) {
    if !call.setInitialMetadata(try metadata.fieldsToSend()) {
      throw RPCError(.failedPrecondition, "The initial metadata has been sent already")
    }
  }

  /// Sends the initial metadata now, rather than with the first message.
  ///
  /// - Throws: `RPCError` with `cancelled` if the call has ended.
  public func sendInitialMetadata() async throws(RPCError) {
    try await call.sendInitialMetadata().throwUnlessWritten()
  }

  /// Sets the metadata that goes out with the status, in place of what was set before. The metadata of an `RPCError` that
  /// the handler throws is added to it. What is more than ``ServerConfiguration/maxStatusBytes`` is left out.
  ///
  /// - Throws: `RPCError` with `internalError` if an entry breaks the rules of `Metadata`.
  public func setTrailingMetadata(_ metadata: Metadata) throws(RPCError) {
    call.setTrailingMetadata(try metadata.fieldsToSend())
  }

  /// The request of a call that has one.
  @usableFromInline
  func takeRequest() throws(RPCError) -> MessageBytes {
    guard let message = call.takeMessage() else {
      throw RPCError(.internalError, "The call has no request message")
    }
    return MessageBytes(message)
  }
}
