internal import GRPCRuntime

extension WriteOutcome {
  /// Throws what the writing task is told where its message was not written.
  func throwUnlessWritten() throws(RPCError) {
    switch self {
    case .written: return
    case .ended: throw RPCError(.cancelled, "The call has ended")
    case .interrupted: throw RPCError(.cancelled, "The task that was writing was cancelled")
    case .busy: throw RPCError(.internalError, "Two tasks wrote to one stream at a time")
    }
  }
}

extension MessageBytes {
  /// Writes a message without waiting, with `write`; false if there is more to do, with what is left of the message.
  static func writeAtOnce(
    _ bytes: inout MessageBytes?, with write: (inout ByteBuffer?) -> WriteOutcome?
  ) throws(RPCError) -> Bool {
    var message = bytes.take()?.takeBuffer()
    let outcome = write(&message)
    if let outcome {
      try outcome.throwUnlessWritten()
      return true
    }
    if let message = message.take() { bytes = MessageBytes(message) }
    return false
  }
}
