internal import CGRPCShim
internal import Synchronization

/// The receiving lane of a stream: messages one by one, each asked for when it is wanted.
final class MessageReceiver: @unchecked Sendable {
  // Sendable: `isReading` admits one task at a time.
  private let isReading = Atomic<Bool>(false)
  private let lane = Lane()
  private var hasReceivedMetadata: Bool

  /// - Parameter receivesInitialMetadata: whether the peer's initial metadata comes with the first message, as it does
  ///   on a client. A server has it from the start.
  init(receivesInitialMetadata: Bool) {
    hasReceivedMetadata = !receivesInitialMetadata
  }

  func next(of call: CallHandle) async -> ReceiveOutcome {
    guard !isReading.exchange(true, ordering: .acquiring) else { return .busy }
    defer { isReading.store(false, ordering: .releasing) }
    if !lane.isOccupied {
      var operations = Operations()
      if !hasReceivedMetadata {
        hasReceivedMetadata = true
        unsafe operations.receiveInitialMetadata(into: call.slots)
      }
      unsafe operations.receiveMessage(into: call.slots)
      call.start(operations, on: lane)
    }
    switch await lane.outcome(in: call, expected: .later) {
    case .interrupted: return .interrupted
    case .failed: return .failed
    case .succeeded:
      if let message = call.takeMessage() { return .message(message) }
      // No message stands for the end of the stream, and for a failure before it.
      return unsafe grpc_call_failed_before_recv_message(call.slots.pointee.call!) == 0 ? .end : .failed
    }
  }
}

/// What a read of a stream brought.
package enum ReceiveOutcome: ~Copyable, Sendable {
  case message(ByteBuffer)
  /// The peer has sent everything.
  case end
  /// The call has ended otherwise.
  case failed
  /// The reading task was cancelled; a later read goes on where this one stopped.
  case interrupted
  /// Another task is reading.
  case busy
}
