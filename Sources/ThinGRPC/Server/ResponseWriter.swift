internal import GRPCRuntime

/// Where a handler writes a stream of responses.
///
/// One task writes at a time. A response that is written on the call's queue is held back until the next one follows or
/// the handler suspends, so that responses written one after another share their frames. Elsewhere one is sent at once, unless it
/// follows the last closely: then it waits for others, for a millisecond or two at most. `write` returns when there is
/// room for more: awaiting it is what slows a handler down that writes faster than the client reads.
public struct ResponseWriter<Response: CallMessage>: Sendable {
  @usableFromInline let context: ServerContext

  @usableFromInline init(_ context: ServerContext) {
    self.context = context
  }

  /// Writes one response. One that was cancelled while it waited for room may still arrive.
  ///
  /// - Throws: `RPCError` with `cancelled` if the call has ended or the task is cancelled, and with `internalError` if the
  ///   message cannot be encoded or another task is writing.
  @inlinable
  public func write(_ response: Response) async throws(RPCError) {
    var bytes: MessageBytes? = try response.bytesToSend()
    if try context.writeAtOnce(&bytes) { return }
    try await context.write(bytes.take())
  }
}

extension ServerContext {
  /// Writes a message without waiting; false if there is more to do: `write`, with what is left of the message.
  @usableFromInline
  func writeAtOnce(_ bytes: inout MessageBytes?) throws(RPCError) -> Bool {
    try MessageBytes.writeAtOnce(&bytes) { call.writeAtOnce(&$0) }
  }

  /// Writes the message, or waits for room where it has been written already.
  @usableFromInline
  func write(_ bytes: consuming MessageBytes?) async throws(RPCError) {
    if let bytes {
      try await call.write(bytes.takeBuffer()).throwUnlessWritten()
    } else {
      try await call.waitForRoom().throwUnlessWritten()
    }
  }
}
