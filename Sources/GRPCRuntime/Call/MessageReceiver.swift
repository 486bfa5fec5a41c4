internal import CGRPCShim
internal import Synchronization

/// The receiving lane of a stream: messages one by one, each asked for when it is wanted.
///
/// To ask for a message makes the core announce that there is room for it. So on the queue's thread a receive is put off
/// until the thread has nothing left to do but to wait: the announcement then shares a packet with what the call sends.
/// While messages come in faster than they are read, there is nothing to wait for, and each is asked for at once. For a
/// reader on another thread, some are received ahead.
final class MessageReceiver: @unchecked Sendable {
  // Sendable: `isReading` admits one task at a time to everything but `isPutOff`, which the queue's thread alone touches.
  private let isReading = Atomic<Bool>(false)
  private let lane = Lane()
  private var hasReceivedMetadata: Bool
  private var isPutOff = false
  /// Whether the last message was there already when it was asked for. Atomic, because it is set after the lane has ended,
  /// when the next reader may have begun elsewhere.
  private let isBehind = Atomic<Bool>(false)
  private var turn = Turn()
  /// There from the first read that is made on another thread.
  private var readAhead: ReadAhead?

  /// - Parameter receivesInitialMetadata: whether the peer's initial metadata comes with the first message, as it does
  ///   on a client. A server has it from the start.
  init(receivesInitialMetadata: Bool) {
    hasReceivedMetadata = !receivesInitialMetadata
  }

  /// The next message, where it has arrived before it was asked for; nil where `next` has to wait for it.
  func nextAtOnce(of call: CallHandle) -> ReceiveOutcome? {
    guard call.queue.isCurrent else { return nil }
    guard !isReading.exchange(true, ordering: .acquiring) else { return .busy }
    defer { isReading.store(false, ordering: .releasing) }
    guard isBehind.load(ordering: .relaxed), readAhead == nil, !turn.isOver else { return nil }
    let outcome: Outcome
    if lane.isOccupied {
      guard let taken = lane.takeOutcome() else { return nil }
      outcome = taken
    } else {
      var operations = Operations()
      addReceive(to: &operations, of: call)
      guard let succeeded = call.startAtOnce(&operations, on: lane) else {
        isBehind.store(false, ordering: .relaxed)
        return nil
      }
      outcome = succeeded ? .succeeded : .failed
    }
    turn.count()
    return received(outcome, in: call)
  }

  /// Waits for the next message.
  func next(of call: CallHandle) async -> ReceiveOutcome {
    guard !isReading.exchange(true, ordering: .acquiring) else { return .busy }
    defer { isReading.store(false, ordering: .releasing) }
    if readAhead == nil, hasReceivedMetadata, !lane.isOccupied, !call.queue.isCurrent {
      readAhead = ReadAhead()
    }
    if let readAhead { return await readAhead.next(of: call) }
    if turn.isOver { await Task.yield() }
    turn.begin()
    if !lane.isOccupied {
      lane.begin()
      if !isBehind.load(ordering: .relaxed), call.queue.isCurrent {
        isPutOff = true
        call.flushLater()
      } else {
        startReceiving(of: call)
      }
    }
    return received(await lane.outcome(in: call), in: call)
  }

  /// Asks for the first message before anything is sent: a call that fails as it is sent would not say then that none has come.
  func receiveFirst(of call: CallHandle) {
    lane.begin()
    startReceiving(of: call)
  }

  private func received(_ outcome: Outcome, in call: CallHandle) -> ReceiveOutcome {
    switch outcome {
    case .interrupted: return .interrupted
    case .failed: return .failed
    case .succeeded: return call.takeNext()
    }
  }

  /// Starts the receive that was put off, if one was. Called on the queue's thread before it waits for events.
  func flush(_ call: CallHandle) {
    guard isPutOff else { return }
    isPutOff = false
    startReceiving(of: call)
  }

  private func startReceiving(of call: CallHandle) {
    var operations = Operations()
    addReceive(to: &operations, of: call)
    isBehind.store(call.start(&operations, for: lane), ordering: .relaxed)
  }

  private func addReceive(to operations: inout Operations, of call: CallHandle) {
    if !hasReceivedMetadata {
      hasReceivedMetadata = true
      unsafe operations.receiveInitialMetadata(into: call.slots)
    }
    unsafe operations.receiveMessage(into: call.slots)
  }
}

extension CallHandle {
  /// What a receive that succeeded has brought. A message that cannot be read ends the call.
  func takeNext() -> ReceiveOutcome {
    guard let message = takeMessage() else {
      // No message stands for the end of the stream, and for a failure before it.
      return unsafe grpc_call_failed_before_recv_message(slots.pointee.call!) == 0 ? .end : .failed
    }
    guard hasCompressedMessage else { return .message(message) }
    refuseMessage(code: codeOfCompressedMessage, Self.problemOfCompressedMessage)
    return .failed
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
