internal import CGRPCShim
internal import ThinGRPCGuarding

/// Receives the messages of a stream before they are asked for, for a reader that does not run on the queue's thread.
///
/// Such a reader costs a switch of threads each time it waits. So the queue's thread takes what has arrived, a few messages at
/// most, and wakes the reader once for all of them.
@safe final class ReadAhead: Completion, @unchecked Sendable {
  // Sendable: `state` is behind a lock; `isTaking` and `endedAtOnce` are the queue's thread's alone.
  @safe private struct State: @unchecked Sendable {
    // Sendable: behind the lock that holds it.
    /// The messages that nobody has read yet, from `first` on.
    var messages: [UnsafeMutablePointer<grpc_byte_buffer>] = unsafe []
    var first = 0
    var byteCount = 0
    var isReceiving = false
    /// How the stream ended, once it has.
    var ending: Ending?
    var waiter: UnsafeContinuation<Bool, Never>?

    var isEmpty: Bool { unsafe first == messages.count }
    var isFull: Bool { unsafe messages.count - first >= mostMessages || byteCount >= mostBytes }
    /// Whether it is time to receive again: once half is read, so that the queue's thread is not asked for each message.
    var isHalfEmpty: Bool {
      unsafe (messages.count - first) * 2 <= mostMessages && byteCount * 2 <= mostBytes
    }
  }

  private enum Ending { case end, failure }

  /// The most that is received ahead: so many messages, or the one that exceeds so many bytes.
  private static let mostMessages = 64
  private static let mostBytes = 64 << 10

  private let state = Guarded(State())
  private var isTaking = false
  private var endedAtOnce: Bool?

  deinit {
    state.withLock { state in
      unsafe state.messages[state.first...].forEach { unsafe grpc_byte_buffer_destroy($0) }
    }
  }

  /// Waits for the next message. One task at a time.
  func next(of call: CallHandle) async -> ReceiveOutcome {
    while true {
      if startsReceiving() { receive(of: call) }
      if let outcome = takeOutcome() { return outcome }
      guard await somethingReceived(in: call) else { return .interrupted }
    }
  }

  private func startsReceiving() -> Bool {
    state.withLock { state in
      guard !state.isReceiving, state.ending == nil, state.isHalfEmpty else { return false }
      state.isReceiving = true
      return true
    }
  }

  private func takeOutcome() -> ReceiveOutcome? {
    let (message, ending) = unsafe state.withLock { state in
      guard !state.isEmpty else {
        return unsafe (nil as UnsafeMutablePointer<grpc_byte_buffer>?, state.ending)
      }
      let message = unsafe state.messages[state.first]
      state.first += 1
      unsafe state.byteCount -= grpc_byte_buffer_length(message)
      // Now and then also where a reader never catches up: what has been read must not pile up.
      if state.isEmpty || state.first >= Self.mostMessages {
        unsafe state.messages.removeFirst(state.first)
        state.first = 0
      }
      return unsafe (message, nil)
    }
    if let message = unsafe message { return unsafe .message(ByteBuffer(adopting: message)) }
    switch ending {
    case nil: return nil
    case .end: return .end
    case .failure: return .failed
    }
  }

  /// Waits until there is something to take; false if the wait was interrupted.
  private func somethingReceived(in call: CallHandle) async -> Bool {
    let cancelsCall = call.isCancelledByWaiters
    return await withTaskCancellationHandler {
      unsafe await withUnsafeContinuation { continuation in
        let isThere = state.withLock { state in
          if !state.isEmpty || state.ending != nil { return true }
          unsafe state.waiter = unsafe continuation
          return false
        }
        if isThere {
          unsafe continuation.resume(returning: true)
        } else if !cancelsCall, Task.isCancelled {
          // The cancellation may have come before there was a waiter to interrupt.
          resumeWaiter(returning: false)
        }
      }
    } onCancel: {
      if cancelsCall {
        call.cancelByWaiter()
      } else {
        resumeWaiter(returning: false)
      }
    }
  }

  private func resumeWaiter(returning isThere: Bool) {
    let waiter = unsafe state.withLock { state in unsafe state.waiter.take() }
    unsafe waiter?.resume(returning: isThere)
  }

  private func receive(of call: CallHandle) {
    var operations = Operations()
    unsafe operations.receiveMessage(into: call.slots)
    call.start(&operations, for: self)
  }

  /// Takes the message that has come, and those that are there already.
  override func complete(_ succeeded: Bool, of owner: Completion) {
    if isTaking {
      endedAtOnce = succeeded
      return
    }
    let call = unsafe unsafeDowncast(owner, to: CallHandle.self)
    isTaking = true
    endedAtOnce = succeeded
    while let succeeded = endedAtOnce.take(), take(of: call, succeeded) { receive(of: call) }
    isTaking = false
    resumeWaiter(returning: true)
  }

  /// Takes the message that was received, if one was; whether another is to be received.
  private func take(of call: CallHandle, _ succeeded: Bool) -> Bool {
    var message: UnsafeMutablePointer<grpc_byte_buffer>?
    var ending = Ending.failure
    if succeeded {
      switch call.takeNext() {
      case .message(let received): unsafe message = unsafe received.takePointer()
      case .end: ending = .end
      default: break
      }
    }
    return state.withLock { state in
      if let message = unsafe message {
        unsafe state.messages.append(message)
        unsafe state.byteCount += grpc_byte_buffer_length(message)
      } else {
        state.ending = ending
      }
      state.isReceiving = unsafe message != nil && !state.isFull
      return state.isReceiving
    }
  }
}
