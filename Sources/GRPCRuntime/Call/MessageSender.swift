internal import CGRPCShim
internal import Synchronization

/// The sending lane of a stream: one message in flight, and one held back.
///
/// On the queue's thread a message is held back until the next one is written or the thread has nothing left to do. So
/// messages written one after another share their frames (`GRPC_WRITE_BUFFER_HINT` on all but the last), and a lone
/// message still goes out before the thread waits for anything.
final class MessageSender: @unchecked Sendable {
  // Sendable: `isWriting` admits one at a time to everything but `isToBeFlushed`, which the queue's thread alone touches.
  private let isWriting = Atomic<Bool>(false)
  private let lane = Lane()
  private var held: ByteBuffer?
  private var hasSentMetadata = false
  private var hasEnded = false
  private var lastFlush = MonotonicInstant(nanoseconds: 0)
  private var isToBeFlushed = false
  private let turn = Atomic<Int>(0)

  /// The messages after which a writer lets the other tasks of its thread run.
  private static let longestTurn = 64

  /// A task that writes without ever suspending has its messages sent at least this often, in nanoseconds.
  private static let longestBuffering: Int64 = 1_000_000

  /// Writes one message; returns when the core has room for the next.
  func write(_ message: consuming ByteBuffer, to call: CallHandle) async -> WriteOutcome {
    let outcome = await writeAtOnce(message, to: call)
    // A writer whose messages all find room would never be suspended, and keep the thread to itself.
    if turn.wrappingAdd(1, ordering: .relaxed).newValue % Self.longestTurn == 0 { await Task.yield() }
    return outcome
  }

  private func writeAtOnce(_ message: consuming ByteBuffer, to call: CallHandle) async -> WriteOutcome {
    guard claim() else { return .busy }
    defer { release() }
    if let obstacle = await obstacle(in: call) { return obstacle }
    guard call.queue.isCurrent else {
      if let previous = held.take() {
        start(previous, flags: 0, in: call)
        if let obstacle = await obstacle(in: call) { return obstacle }
      }
      start(message, flags: 0, in: call)
      return await obstacle(in: call) ?? .written
    }
    guard let previous = held.take() else {
      held = consume message
      scheduleFlush(of: call)
      return .written
    }
    held = consume message
    start(previous, flags: bufferingFlags(), in: call)
    let obstacle = await obstacle(in: call)
    if obstacle == nil { scheduleFlush(of: call) }
    return obstacle ?? .written
  }

  /// Sends the initial metadata by itself, unless it has been sent.
  func sendInitialMetadata(of call: CallHandle) async -> WriteOutcome {
    guard claim() else { return .busy }
    defer { release() }
    if let obstacle = await obstacle(in: call) { return obstacle }
    if hasSentMetadata { return .written }
    startInitialMetadata(of: call)
    return await obstacle(in: call) ?? .written
  }

  /// Sends what is held back, or else the initial metadata where that is still owed. Called on the queue's thread before it
  /// waits for events.
  func flush(_ call: CallHandle) {
    isToBeFlushed = false
    // A task that is writing at this moment sees to it by itself.
    guard claim() else { return }
    defer { release() }
    if hasEnded || lane.isOccupied { return }
    if let message = held.take() {
      start(message, flags: 0, in: call)
    } else if !hasSentMetadata {
      startInitialMetadata(of: call)
    }
  }

  /// Has `flush` called before the queue's thread next waits. The queue's thread only.
  func scheduleFlush(of call: CallHandle) {
    if isToBeFlushed { return }
    isToBeFlushed = true
    call.queue.loop.flushLater(call)
  }

  /// Ends the stream with one last batch, made of what `last` is given: whether the initial metadata is still owed, and
  /// the message that was held back or, where there is none, `message`. Writes are refused from then on.
  ///
  /// - Returns: false where another task is still writing; nothing has been started then.
  func finish(
    _ call: CallHandle, message: consuming ByteBuffer?,
    with last: (_ owesInitialMetadata: Bool, _ message: consuming ByteBuffer?) -> Void
  ) async -> Bool {
    guard claim() else { return false }
    defer { release() }
    while lane.isOccupied {
      if await lane.outcome(in: call, expected: .atOnce) == .interrupted {
        // The last batch has to wait for the one before. Only the call's end is sure to end that.
        call.cancel(code: GRPC_STATUS_CANCELLED.code, message: "Cancelled while a message was being sent")
        _ = await lane.uninterruptedOutcome()
      }
    }
    let owesInitialMetadata = !hasSentMetadata
    hasSentMetadata = true
    hasEnded = true
    if let heldBack = held.take() {
      last(owesInitialMetadata, heldBack)
    } else {
      last(owesInitialMetadata, message)
    }
    return true
  }

  private func claim() -> Bool { !isWriting.exchange(true, ordering: .acquiring) }

  private func release() { isWriting.store(false, ordering: .releasing) }

  /// Waits for the operation that is under way, if one is. Nil if the next can be started.
  private func obstacle(in call: CallHandle) async -> WriteOutcome? {
    if lane.isOccupied {
      switch await lane.outcome(in: call, expected: .atOnce) {
      case .succeeded: break
      case .failed: hasEnded = true
      case .interrupted: return .interrupted
      }
    }
    return hasEnded ? .ended : nil
  }

  private func start(_ message: borrowing ByteBuffer, flags: UInt32, in call: CallHandle) {
    // The core never completes initial metadata together with a message that has the buffer hint.
    let flags = hasSentMetadata ? flags : 0
    call.startSending(withInitialMetadata: !hasSentMetadata, on: lane) { operations in
      operations.sendMessage(message, flags: flags)
    }
    hasSentMetadata = true
  }

  private func startInitialMetadata(of call: CallHandle) {
    hasSentMetadata = true
    call.startSending(withInitialMetadata: true, on: lane) { _ in }
  }

  private func bufferingFlags() -> UInt32 {
    let now = MonotonicInstant.coarseNow
    if now.nanoseconds - lastFlush.nanoseconds > Self.longestBuffering {
      lastFlush = now
      return 0
    }
    return UInt32(GRPC_WRITE_BUFFER_HINT)
  }
}

/// How a write ended.
package enum WriteOutcome: Sendable {
  case written
  /// The call has ended.
  case ended
  /// The writing task was cancelled while it waited for room.
  case interrupted
  /// Another task is writing.
  case busy
}
