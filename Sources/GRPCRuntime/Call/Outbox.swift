internal import CGRPCShim
internal import ThinGRPCGuarding

/// Sends the messages of a stream that are written on other threads than the queue's.
///
/// To send each by itself would cost a packet a message. So a message is sent at once, on the thread that writes it, unless it
/// follows the last one closely: then it stays here for the next, and the queue's thread is asked to send what has gathered, if
/// the writing task does not come to do it before. Who sends takes all that is here. Where an operation does not end at once, its
/// event goes on with the rest, on the queue's thread.
@safe final class Outbox: Completion, @unchecked Sendable {
  // Sendable: `state` is behind a lock; what is marked "sender" belongs to who has set `isSending`, or to the event of the operation
  // that goes on.
  @safe private struct State: @unchecked Sendable {
    // Sendable: behind the lock that holds it.
    /// What nobody sends yet.
    var messages: GatheredMessages
    var isSending = false
    /// Whether the queue's thread is to send, and has not come to it yet.
    var isAsked = false
    var hasEnded = false
    var pace = WritingPace()
    var waiter: UnsafeContinuation<Bool, Never>?
    var wish = Wish.room

    func grants(_ wish: Wish) -> Bool {
      switch wish {
      case .room: !messages.isFull || !isSending || hasEnded
      case .rest: !isSending
      }
    }

    /// The task that waits, if it has what it waits for.
    mutating func takeGrantedWaiter() -> UnsafeContinuation<Bool, Never>? {
      grants(wish) ? unsafe waiter.take() : nil
    }
  }

  /// What a task waits for: that there is room or nobody to make it, or that nobody is sending.
  private enum Wish { case room, rest }

  private let state: Guarded<State>
  private let request = SendingRequest()

  // Sender.
  private var sending = GatheredMessages()
  /// Whether the last of `sending` will be followed by another batch.
  private var isFollowed = false
  private(set) var owesInitialMetadata: Bool

  /// - Parameter held: a message that was written before.
  init(owesInitialMetadata: Bool, held: consuming ByteBuffer?) {
    self.owesInitialMetadata = owesInitialMetadata
    var messages = GatheredMessages()
    if let held = consume held { messages.append(held) }
    state = unsafe Guarded(State(messages: messages))
    super.init()
    request.outbox = self
  }

  deinit {
    state.withLock { $0.messages.destroyAll() }
    sending.destroyAll()
  }

  // MARK: For the writing task

  /// Takes a message; nil where `waitForRoom` has to follow. On the queue's thread `send` has to follow, before that thread waits.
  func write(_ message: consuming ByteBuffer, to call: CallHandle) -> WriteOutcome? {
    enum Step { case nothing, send, ask, wait, refuse }
    var message: ByteBuffer? = message
    let isOnQueue = call.queue.isCurrent
    let now = MonotonicInstant.now
    let step: Step = state.withLock { state in
      if state.hasEnded { return .refuse }
      if let message = message.take() { state.messages.append(message) }
      let mayWait = state.pace.beginWrite(at: now) || isOnQueue
      if state.isSending { return state.messages.isFull ? .wait : .nothing }
      if state.messages.isFull || !mayWait {
        state.isSending = true
        return .send
      }
      if state.isAsked || isOnQueue { return .nothing }
      state.isAsked = true
      return .ask
    }
    switch step {
    case .nothing: return .written
    case .wait: return nil
    case .refuse: return .ended
    case .send: sendAll(of: call, since: now)
    case .ask: request.start(of: call)
    }
    return outcomeOfWriting()
  }

  /// Waits until there is room for another message.
  func waitForRoom(in call: CallHandle) async -> WriteOutcome {
    guard await isGranted(.room, in: call) else { return .interrupted }
    if beginSending(if: { $0.messages.isFull }) { sendAll(of: call, since: .now) }
    return outcomeOfWriting()
  }

  /// Notes that the writing task goes on, and whether the call does.
  @discardableResult
  func outcomeOfWriting() -> WriteOutcome {
    state.withLock { state in
      state.pace.endWrite(at: .now)
      return state.hasEnded ? .ended : .written
    }
  }

  /// Sends what has gathered, if nobody does.
  func send(of call: CallHandle) {
    if beginSending(if: { !$0.messages.isEmpty }) { sendAll(of: call, since: .now) }
  }

  /// Sends the initial metadata unless it has been sent, with the first message that has gathered or by itself.
  func sendInitialMetadata(of call: CallHandle) async -> WriteOutcome {
    while true {
      guard await isGranted(.rest, in: call) else { return .interrupted }
      if beginSending(if: { [self] in owesInitialMetadata || !$0.messages.isEmpty }) {
        sendAll(of: call, since: .now, evenIfEmpty: true)
      } else if state.withLock({ $0.hasEnded || !$0.isSending }) {
        return outcomeOfWriting()
      }
    }
  }

  /// Sends what has gathered but for the last message, which shares the batch that ends the stream. Nothing is written afterwards.
  func end(of call: CallHandle) async -> ByteBuffer? {
    var last: ByteBuffer?
    repeat {
      await rest(of: call)
    } while !state.withLock { state in
      if state.isSending { return false }
      state.isSending = true
      last = state.messages.takeLast()
      return true
    }
    isFollowed = true
    sendAll(of: call, since: .now)
    await rest(of: call)
    state.withLock { $0.hasEnded = true }
    return last
  }

  /// Waits until nobody is sending. Where the task is cancelled meanwhile, the call is.
  private func rest(of call: CallHandle) async {
    if await isGranted(.rest, in: call) { return }
    // The last batch has to wait for the one before. Only the call's end is sure to end that.
    call.cancel(code: GRPC_STATUS_CANCELLED.code, message: "Cancelled while a message was being sent")
    _ = await isGranted(.rest, in: call, isInterruptible: false)
  }

  /// Waits for what the writing task wishes; false if it was cancelled meanwhile, unless that cancels the call.
  private func isGranted(_ wish: Wish, in call: CallHandle, isInterruptible: Bool = true) async -> Bool {
    if state.withLock({ $0.grants(wish) }) { return true }
    let cancelsCall = call.isCancelledByWaiters
    return await withTaskCancellationHandler {
      unsafe await withUnsafeContinuation { continuation in
        let isGranted = state.withLock { state in
          if state.grants(wish) { return true }
          unsafe state.waiter = unsafe continuation
          state.wish = wish
          return false
        }
        if isGranted {
          unsafe continuation.resume(returning: true)
        } else if isInterruptible, !cancelsCall, Task.isCancelled {
          // The cancellation may have come before there was a waiter to interrupt.
          interruptWaiter()
        }
      }
    } onCancel: {
      if cancelsCall {
        call.cancelByWaiter()
      } else if isInterruptible {
        interruptWaiter()
      }
    }
  }

  private func interruptWaiter() {
    let waiter = unsafe state.withLock { state in unsafe state.waiter.take() }
    unsafe waiter?.resume(returning: false)
  }

  // MARK: Sending

  private func beginSending(if isWanted: (borrowing State) -> Bool) -> Bool {
    state.withLock { state in
      if state.isSending || state.hasEnded || !isWanted(state) { return false }
      state.isSending = true
      return true
    }
  }

  /// Sends what has gathered, for who has begun to send. If not all of it ends at once, `complete` goes on.
  private func sendAll(of call: CallHandle, since start: MonotonicInstant, evenIfEmpty: Bool = false) {
    let waiter = unsafe state.withLock { state in
      swap(&state.messages, &sending)
      return unsafe state.takeGrantedWaiter()
    }
    unsafe waiter?.resume(returning: true)
    let isNeeded = !sending.isEmpty || (evenIfEmpty && owesInitialMetadata)
    if !isNeeded || goOn(with: call) { endSending(of: call, since: start) }
  }

  /// Starts one operation after the other; false where one goes on.
  private func goOn(with call: CallHandle) -> Bool {
    repeat {
      guard let succeeded = startNext(of: call) else { return false }
      if !succeeded {
        fail()
        return true
      }
    } while !sending.isEmpty
    return true
  }

  private func startNext(of call: CallHandle) -> Bool? {
    let message = sending.takeFirst()
    let owesInitialMetadata = owesInitialMetadata
    self.owesInitialMetadata = false
    // The core never completes initial metadata together with a message that has the buffer hint.
    let isHeldBack = !owesInitialMetadata && (isFollowed || !sending.isEmpty)
    return call.withOperations(initialMetadata: owesInitialMetadata) { operations in
      operations.sendMessage(message, flags: isHeldBack ? UInt32(GRPC_WRITE_BUFFER_HINT) : 0)
      return call.startHere(&operations, for: self)
    }
  }

  /// An operation that went on has ended: its event is the sender now.
  override func complete(_ succeeded: Bool, of owner: Completion) {
    let call = unsafe unsafeDowncast(owner, to: CallHandle.self)
    if !succeeded { fail() }
    if sending.isEmpty || goOn(with: call) { endSending(of: call, since: nil) }
  }

  /// The call has ended: nothing can be sent any more.
  private func fail() {
    sending.destroyAll()
    state.withLock { state in
      state.hasEnded = true
      state.messages.destroyAll()
    }
  }

  /// - Parameter start: when the sending began; nil where it was interrupted, so that its time says nothing.
  private func endSending(of call: CallHandle, since start: MonotonicInstant?) {
    let now = MonotonicInstant.now
    let (waiter, asks) = unsafe state.withLock { state in
      state.isSending = false
      state.pace.didSend(since: start, at: now)
      let asks = !state.messages.isEmpty && !state.isAsked
      if asks { state.isAsked = true }
      return unsafe (state.takeGrantedWaiter(), asks)
    }
    if asks { request.start(of: call) }
    unsafe waiter?.resume(returning: true)
  }

  /// The queue's thread has come to send.
  func sendAsAsked(of call: CallHandle) {
    enum Step { case nothing, send, wait }
    let now = MonotonicInstant.now
    let step: Step = state.withLock { state in
      let isGoingOn = state.pace.isGoingOn(at: now) && !state.hasEnded
      if isGoingOn, !state.messages.isFull { return .wait }
      state.isAsked = false
      if state.isSending || state.messages.isEmpty { return .nothing }
      state.isSending = true
      return .send
    }
    switch step {
    case .nothing: break
    case .send: sendAll(of: call, since: now)
    case .wait: request.startLater(of: call)
    }
  }
}
