internal import GRPCRuntime
internal import Synchronization

/// Where a caller writes a stream of requests.
///
/// One task writes at a time. A request that is written on the channel's executor is held back until the next one follows or
/// the task suspends, so that requests written one after another share their frames. Elsewhere one is sent at once, unless it
/// follows the last closely: then it waits for others, for a millisecond or two at most. `write` returns when there is room for
/// more: awaiting it is what slows a caller down that writes faster than the server reads.
public struct RequestWriter<Request: CallMessage>: Sendable {
  @usableFromInline let sender: RequestSender

  init(_ sender: RequestSender) {
    self.sender = sender
  }

  /// Writes one request. One that was cancelled while it waited for room may still arrive.
  ///
  /// - Throws: `RPCError` with `cancelled` if the call has ended or the task is cancelled, and with `internalError` if the
  ///   message cannot be encoded, another task is writing or `finish` was called. Let the error of a call that has ended out of
  ///   the closure that makes the call: the call then throws its status instead.
  @inlinable
  public func write(_ request: Request) async throws(RPCError) {
    var bytes: MessageBytes? = try request.bytesToSend()
    if try sender.writeAtOnce(&bytes) { return }
    try await sender.write(bytes.take())
  }

  /// Ends the requests (half-closes), while there may be responses still to come. The end of the closure that makes the call
  /// does it too; more than once does no harm.
  ///
  /// - Throws: `RPCError` with `internalError` if another task is writing.
  public func finish() async throws(RPCError) {
    try await sender.finish()
  }
}

/// Sends the requests of one call.
@usableFromInline
final class RequestSender: Sendable {
  /// Where the requests go.
  enum Destination: Sendable {
    case call(StreamedCall)
    /// No call's: nil ends them.
    case memory(@Sendable (consuming MessageBytes?) throws(RPCError) -> Void)
  }

  private let destination: Destination
  private let hasFinished = Atomic<Bool>(false)
  private let hasRefusedRequest = Atomic<Bool>(false)

  init(_ destination: Destination) {
    self.destination = destination
  }

  /// Whether a request was not written because the call had ended.
  var isRefusing: Bool { hasRefusedRequest.load(ordering: .relaxed) }

  /// Writes a message without waiting; false if there is more to do: `write`, with what is left of the message.
  @usableFromInline
  func writeAtOnce(_ bytes: inout MessageBytes?) throws(RPCError) -> Bool {
    guard case .call(let call) = destination else { return false }
    return try noting { () throws(RPCError) in
      try MessageBytes.writeAtOnce(&bytes) { call.writeAtOnce(&$0) }
    }
  }

  /// Writes the message, or waits for room where it has been written already.
  @usableFromInline
  func write(_ bytes: consuming MessageBytes?) async throws(RPCError) {
    switch destination {
    case .memory(let send):
      if hasFinished.load(ordering: .relaxed) { throw Self.writtenAfterEnd }
      try send(bytes)
    case .call(let call):
      let outcome =
        if let bytes { await call.write(bytes.takeBuffer(), isReadElsewhere: false) } else {
          await call.waitForRoom()
        }
      try noting { () throws(RPCError) in try outcome.throwUnlessWritten() }
    }
  }

  /// Half-closes, once.
  func finish() async throws(RPCError) {
    switch destination {
    case .memory(let send):
      if !hasFinished.exchange(true, ordering: .relaxed) { try send(nil) }
    case .call(let call):
      hasFinished.store(true, ordering: .relaxed)
      guard await call.finishSending() else {
        throw RPCError(.internalError, "The requests were ended while a task was writing one")
      }
    }
  }

  /// Notes that a request was refused; says why where that is the caller's own doing.
  private func noting<Result>(
    _ write: () throws(RPCError) -> Result
  ) throws(RPCError) -> Result {
    do {
      return try write()
    } catch  where error.code == .cancelled {
      if hasFinished.load(ordering: .relaxed) { throw Self.writtenAfterEnd }
      hasRefusedRequest.store(true, ordering: .relaxed)
      throw error
    }
  }

  private static var writtenAfterEnd: RPCError {
    RPCError(.internalError, "A request was written after the end of the requests")
  }
}
