internal import CGRPCShim
internal import Synchronization

/// The sending lane of a stream: one message in flight, and one held back.
///
/// On the queue's thread a message is held back until the next one is written or the thread has nothing left to do. So
/// messages written one after another share their frames (`GRPC_WRITE_BUFFER_HINT` on all but the last), and a lone
/// message still goes out before the thread waits for anything. For writers on other threads there is an outbox.
final class MessageSender: @unchecked Sendable {
  // Sendable: `user` admits one at a time to everything but `isToBeFlushed`, which the queue's thread alone touches.
  private let user = Atomic<User>(.nobody)
  private let lane = Lane()
  private var held: ByteBuffer?
  private var hasSentMetadata = false
  private var hasEnded = false
  private var lastFlush = MonotonicInstant(nanoseconds: 0)
  private var isToBeFlushed = false
  private var turn = Turn()
  /// There from the first write on another thread; all is sent there from then on.
  private var outbox: Outbox?

  private enum User: UInt8, AtomicRepresentable {
    case nobody, writing, flushing
  }

  /// A task that writes without ever suspending has its messages sent at least this often, in nanoseconds.
  private static let longestBuffering: Int64 = 1_000_000

  /// Writes one message if the core has room for it now. The message is taken, and nil returned, where what is written has
  /// to wait for room: `waitForRoom` then. The message is left where `write` has to write it.
  func writeAtOnce(_ message: inout ByteBuffer?, to call: CallHandle) -> WriteOutcome? {
    guard take(for: .writing) == .nobody else { return nil }
    defer { release() }
    if turn.isOver { return nil }
    if let outbox {
      turn.count()
      return put(message.take()!, into: outbox, of: call)
    }
    guard call.queue.isCurrent else { return nil }
    if lane.isOccupied && !takeOutcome() { return nil }
    if hasEnded { return .ended }
    turn.count()
    let previous = held.take()
    held = message.take()
    if let previous { start(previous, flags: bufferingFlags(), in: call) }
    scheduleFlush(of: call)
    return !lane.isOccupied || takeOutcome() ? (hasEnded ? .ended : .written) : nil
  }

  /// Writes one message; returns when the core has room for the next.
  func write(_ message: consuming ByteBuffer, to call: CallHandle) async -> WriteOutcome {
    guard await claim() else { return .busy }
    defer { release() }
    if let obstacle = await obstacle(in: call) { return obstacle }
    let outbox = outbox(of: call)
    if turn.isOver {
      await Task.yield()
      if Task.isCancelled { return cancelledWrite(to: call) }
      outbox?.outcomeOfWriting()
    }
    turn.begin()
    if let outbox {
      if let outcome = put(message, into: outbox, of: call) { return outcome }
      return await outbox.waitForRoom(in: call)
    }
    let previous = held.take()
    held = consume message
    if let previous { start(previous, flags: call.queue.isCurrent ? bufferingFlags() : 0, in: call) }
    return await room(in: call)
  }

  /// What a cancelled task is told, which never has to wait for room and would write on for ever.
  private func cancelledWrite(to call: CallHandle) -> WriteOutcome {
    guard call.isCancelledByWaiters else { return .interrupted }
    call.cancelByWaiter()
    return .ended
  }

  /// The outbox, if there is one, or has to be one because the caller does not run on the queue's thread.
  private func outbox(of call: CallHandle) -> Outbox? {
    if outbox == nil, !call.queue.isCurrent {
      outbox = Outbox(owesInitialMetadata: !hasSentMetadata, held: held.take())
    }
    return outbox
  }

  private func put(_ message: consuming ByteBuffer, into outbox: Outbox, of call: CallHandle) -> WriteOutcome?
  {
    let outcome = outbox.write(message, to: call)
    if call.queue.isCurrent { scheduleFlush(of: call) }
    return outcome
  }

  /// Waits until the core has room for another message, after `writeAtOnce` has taken one.
  func waitForRoom(in call: CallHandle) async -> WriteOutcome {
    guard await claim() else { return .busy }
    defer { release() }
    if let outbox { return await outbox.waitForRoom(in: call) }
    return await room(in: call)
  }

  private func room(in call: CallHandle) async -> WriteOutcome {
    let obstacle = await obstacle(in: call)
    // Asked for anew: a task without the queue's executor may begin on the queue's thread, and go on elsewhere.
    if call.queue.isCurrent {
      scheduleFlush(of: call)
      return obstacle ?? .written
    }
    if let obstacle { return obstacle }
    return await sendHeld(in: call) ?? .written
  }

  /// Sends the initial metadata by itself or with the message that is held back, unless it has been sent.
  func sendInitialMetadata(of call: CallHandle) async -> WriteOutcome {
    guard await claim() else { return .busy }
    defer { release() }
    if let obstacle = await obstacle(in: call) { return obstacle }
    if let outbox = outbox(of: call) { return await outbox.sendInitialMetadata(of: call) }
    // The queue's thread may have come to flush meanwhile, and left it to this task.
    if let obstacle = await sendHeld(in: call) { return obstacle }
    if hasSentMetadata { return .written }
    startInitialMetadata(of: call)
    return await obstacle(in: call) ?? .written
  }

  /// Sends what is held back, or else the initial metadata where that is still owed. Called on the queue's thread before it
  /// waits for events.
  func flush(_ call: CallHandle) {
    guard isToBeFlushed else { return }
    isToBeFlushed = false
    // A task that is writing at this moment sees to it by itself.
    guard take(for: .flushing) == .nobody else { return }
    defer { release() }
    if let outbox { return outbox.send(of: call) }
    if lane.isOccupied, !takeOutcome() {
      // A writer was interrupted: what it leaves goes out after what is under way.
      if held != nil { scheduleFlush(of: call) }
      return
    }
    if hasEnded { return }
    if let message = held.take() {
      start(message, flags: 0, in: call)
    } else if !hasSentMetadata {
      startInitialMetadata(of: call)
    }
  }

  /// Has `flush` called before the queue's thread next waits. The queue's thread only.
  func scheduleFlush(of call: CallHandle) {
    isToBeFlushed = true
    call.flushLater()
  }

  /// Ends the stream with one last batch, made of what `last` is given: whether the initial metadata is still owed, and
  /// the message that was held back or, where there is none, `message`. Writes are refused from then on.
  ///
  /// - Returns: false where another task is still writing; nothing has been started then.
  func finish(
    _ call: CallHandle, message: consuming ByteBuffer?,
    with last: (_ owesInitialMetadata: Bool, _ message: consuming ByteBuffer?) -> Void
  ) async -> Bool {
    guard await claim() else { return false }
    defer { release() }
    while lane.isOccupied {
      if await lane.outcome(in: call) == .interrupted {
        // The last batch has to wait for the one before. Only the call's end is sure to end that.
        call.cancel(code: GRPC_STATUS_CANCELLED.code, message: "Cancelled while a message was being sent")
        _ = await lane.uninterruptedOutcome()
      }
    }
    if let outbox {
      held = await outbox.end(of: call)
      hasSentMetadata = !outbox.owesInitialMetadata
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

  /// Takes the sender for a writing task; false where another task has it.
  private func claim() async -> Bool {
    var user = take(for: .writing)
    // The queue's thread is through in a moment: no reason to refuse a task on another thread.
    while user == .flushing {
      await Task.yield()
      user = take(for: .writing)
    }
    return user == .nobody
  }

  /// Takes the sender if nobody has it; returns who had it.
  private func take(for newUser: User) -> User {
    user.compareExchange(expected: .nobody, desired: newUser, ordering: .acquiring).original
  }

  private func release() { user.store(.nobody, ordering: .releasing) }

  /// Sends what is held back, if anything is. Nil if the next can be started.
  private func sendHeld(in call: CallHandle) async -> WriteOutcome? {
    guard let message = held.take() else { return nil }
    start(message, flags: 0, in: call)
    return await obstacle(in: call)
  }

  /// Takes the outcome of the operation that is under way; false if it goes on.
  private func takeOutcome() -> Bool {
    guard let outcome = lane.takeOutcome() else { return false }
    if case .failed = outcome { hasEnded = true }
    return true
  }

  /// Waits for the operation that is under way, if one is. Nil if the next can be started.
  private func obstacle(in call: CallHandle) async -> WriteOutcome? {
    if lane.isOccupied {
      switch await lane.outcome(in: call) {
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
