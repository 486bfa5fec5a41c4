internal import CGRPCShim

/// A call of which it is known how it answers: one of several that are made beside each other.
package final class AnsweredCall: @unchecked Sendable {
  // Sendable: the message is taken by whoever is handed the call, after this is made.
  package let call: ClientCall
  private var message: ByteBuffer?

  /// Waits for the end of a unary call.
  package static func unary(_ call: ClientCall) async -> AnsweredCall {
    await call.ended()
    return AnsweredCall(call, message: nil, isSuccess: call.status.code == GRPC_STATUS_OK.code)
  }

  /// Waits for the first response of a call that has many, or for its end.
  package static func firstOfMany(_ call: ClientCall) async -> AnsweredCall {
    if case .message(let message) = await call.next() {
      return AnsweredCall(call, message: message, isSuccess: true)
    }
    await call.ended()
    return AnsweredCall(call, message: nil, isSuccess: call.status.code == GRPC_STATUS_OK.code)
  }

  /// Whether the answer is a response, or a status of OK.
  package let isSuccess: Bool

  private init(_ call: ClientCall, message: consuming ByteBuffer?, isSuccess: Bool) {
    self.call = call
    self.message = message
    self.isSuccess = isSuccess
  }

  /// Cancels the call, because another one has decided.
  package func cancel() {
    call.cancel(code: GRPC_STATUS_CANCELLED.code, message: "Another attempt has succeeded or failed for good")
  }

  /// The first response, handed over once; where there is none, the call has ended.
  package func takeFirst() -> ReceiveOutcome {
    if let message = message.take() { .message(message) } else { .failed }
  }
}
