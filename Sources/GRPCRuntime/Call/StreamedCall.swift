internal import CGRPCShim
internal import Synchronization
internal import ThinGRPCGuarding

/// A call with a stream of requests: the one that is under way, and what another would have to send that takes its place.
///
/// While nothing has come from the server, the requests are kept as they are written, by reference and not copied. With the first
/// response, or with too many bytes, the call is committed: nothing is kept any more, and no other takes its place.
///
/// Whoever reads the responses has another call made. The writer writes on.
@safe package final class StreamedCall: @unchecked Sendable {
  // Sendable: `state` is behind a lock; `committedCall` is written once, before `isCommitted` says so.
  /// Makes a call, not begun, that takes the place of one that was not processed; nil where none is to.
  package typealias MakeSuccessor = @Sendable (_ insteadOf: ClientCall) async -> ClientCall?

  /// The most bytes of requests that are kept: as many as the core keeps with its own retries.
  private static let mostBytesKept = 256 << 10

  private let state: Guarded<State>
  private let makeSuccessor: MakeSuccessor
  private let isCommitted = Atomic<Bool>(false)
  private var committedCall: ClientCall?

  /// Begins a call with a stream of requests.
  package init(beginning call: ClientCall, makeSuccessor: @escaping MakeSuccessor) {
    self.makeSuccessor = makeSuccessor
    state = Guarded(State(call: call))
    if !call.parameters.isRepeatable, call.parameters.retryableCodes.isEmpty { commit() }
    call.beginClientStreaming(of: self)
  }

  /// The call that is under way.
  package var call: ClientCall { state.withLock { $0.call } }

  // MARK: Writing

  /// Writes a message if there is room for it now: see `MessageSender.writeAtOnce`. Not while messages are kept.
  package func writeAtOnce(_ message: inout ByteBuffer?) -> WriteOutcome? {
    guard isCommitted.load(ordering: .acquiring) else { return nil }
    return committedCall!.writeAtOnce(&message)
  }

  /// Waits until there is room for another message, after `writeAtOnce` has taken one.
  package func waitForRoom() async -> WriteOutcome { await call.waitForRoom() }

  /// Writes a message.
  ///
  /// - Parameter isReadElsewhere: whether another task reads the responses, so that this one can wait for what that does.
  package func write(_ message: consuming ByteBuffer, isReadElsewhere: Bool) async -> WriteOutcome {
    if isCommitted.load(ordering: .acquiring) { return await committedCall!.write(message) }
    let request = Request(message.sharingBytes())
    guard let (call, replay, isBeingReplaced) = keep(request) else { return .ended }
    if let replay {
      await waiting { await replay.value }
      return .written
    }
    if isBeingReplaced {
      await successorOrEnd(of: nil)
      return outcomeOfKept
    }
    switch await call.write(message) {
    case .ended:
      if isReadElsewhere || state.withLock({ $0.isBeingReplaced }) { await successorOrEnd(of: call) }
      return outcomeOfKept
    case .busy:
      state.withLock { state in
        state.written?.removeAll { $0 === request }
        state.byteCount -= request.cost
      }
      return .busy
    case let other:
      return other
    }
  }

  /// What is said of a request whose call has ended. It is kept until it is known that it is not needed.
  private var outcomeOfKept: WriteOutcome {
    state.withLock { $0.isOver || $0.cancellation != nil || $0.written == nil } ? .ended : .written
  }

  /// Keeps a request for as long as requests are kept; the call to write it to, or what writes it. Nil after the last.
  private func keep(
    _ request: Request
  ) -> (call: ClientCall, replay: Task<Void, Never>?, isBeingReplaced: Bool)? {
    let kept: (ClientCall, Task<Void, Never>?, Bool, Bool)? = state.withLock { state in
      if state.hasFinished { return nil }
      state.byteCount += request.cost
      state.written?.append(request)
      return (state.call, state.replay, state.isBeingReplaced, state.byteCount > Self.mostBytesKept)
    }
    guard let (call, replay, isBeingReplaced, isTooMuch) = kept else { return nil }
    if isTooMuch { commit() }
    return (call, replay, isBeingReplaced)
  }

  /// Sends the initial metadata unless it has been sent: see `ClientCall.sendInitialMetadata`.
  package func sendInitialMetadata() async {
    // A call that takes another's place sends it with what was kept.
    let call = state.withLock { $0.isBeingReplaced ? nil : $0.call }
    await call?.sendInitialMetadata()
  }

  /// Half-closes, unless that has been done. False if another task is writing.
  package func finishSending() async -> Bool {
    let (call, isReplaying) = state.withLock { state in
      state.hasFinished = true
      return (state.call, state.replay != nil || state.isBeingReplaced)
    }
    // What writes the requests that were kept ends them too.
    return isReplaying ? true : await call.finishSending()
  }

  // MARK: The end

  /// Has `task` cancelled when the call ends, and no other takes its place.
  package func cancelAtEnd(_ task: Task<Void, Never>) {
    let isOver = state.withLock { state in
      if !state.isOver { state.dependents.append(task) }
      return state.isOver
    }
    if isOver { task.cancel() }
  }

  /// Cancels the call with a status that both sides see. Any thread, any number of times.
  package func cancel(code: Int32, message: String) {
    let (call, making, hasEnded) = state.withLock { state in
      if state.cancellation == nil { state.cancellation = (code, message) }
      return (state.call, state.making, state.isLeftToReader)
    }
    call.cancel(code: code, message: message)
    making?.cancel()
    if hasEnded { end() }
  }

  /// Notes that a response has come: from now on no other call takes this one's place, and no requests are kept.
  package func commit() {
    if isCommitted.load(ordering: .relaxed) { return }
    state.withLock { state in
      if isCommitted.load(ordering: .relaxed) { return }
      // What is being written again is written to its end first.
      if state.replay != nil || state.isBeingReplaced {
        state.isToBeCommitted = true
        return
      }
      state.written = nil
      committedCall = state.call
      isCommitted.store(true, ordering: .releasing)
    }
  }

  /// Called with the event of the end of a call that was under way, on the queue's thread.
  func didEnd(_ call: ClientCall) {
    let isOver = state.withLock { state in
      guard state.call === call else { return false }
      state.isLeftToReader = state.written != nil && state.cancellation == nil && call.mayHaveSuccessor
      return !state.isLeftToReader
    }
    if isOver { end() }
  }

  /// The call has ended, and no other takes its place.
  private func end() {
    let (tasks, waiters) = state.withLock { state in
      state.isOver = true
      state.isBeingReplaced = false
      state.written = nil
      defer { (state.dependents, state.waiters) = ([], []) }
      return (state.dependents, state.waiters)
    }
    for task in tasks { task.cancel() }
    for waiter in waiters { waiter.resume() }
  }

  // MARK: Another call

  /// Waits for the end of `call`, of which no message has come; the call that takes its place, if one does. For the task that reads.
  package func successor(of call: ClientCall) async -> ClientCall? {
    await call.ended()
    guard call.mayHaveSuccessor, let next = await madeSuccessor(of: call) else {
      let cancellation = state.withLock { $0.cancellation }
      if call.mayHaveSuccessor, let (code, message) = cancellation {
        call.endAsCancelled(code: code, message: message)
      }
      end()
      return nil
    }
    // Before it begins: it may end at once, and its end is noted of the call that is under way.
    let cancellation = state.withLock { state in
      state.call = next
      state.isLeftToReader = false
      state.making = nil
      return state.cancellation
    }
    next.beginClientStreaming(of: self)
    if let (code, message) = cancellation { next.cancel(code: code, message: message) }
    let waiters = state.withLock { state in
      state.isBeingReplaced = false
      if !state.isOver {
        // Detached: it may outlast the task that reads.
        state.replay = Task.detached(executorPreference: next.queue) { await self.replay(to: next) }
      }
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
    return next
  }

  /// Has another call made in place of `call`, if one is to be: until this side cancels it, or the task that reads is cancelled.
  private func madeSuccessor(of call: ClientCall) async -> ClientCall? {
    let making: Task<ClientCall?, Never>? = state.withLock { state in
      if state.written == nil || state.cancellation != nil { return nil }
      state.isBeingReplaced = true
      state.making = Task.detached { [makeSuccessor] in await makeSuccessor(call) }
      return state.making
    }
    guard let making else { return nil }
    return await withTaskCancellationHandler {
      await making.value
    } onCancel: {
      making.cancel()
    }
  }

  /// Writes what was kept to `call`, and what is written meanwhile.
  private func replay(to call: ClientCall) async {
    await call.sendInitialMetadata()
    var index = 0
    var hasEnded = false
    while true {
      let next = nextToReplay(at: index, to: call, hasEnded: hasEnded)
      guard let request = next.request else {
        if next.isToBeCommitted { commit() }
        if next.isToBeFinished { _ = await call.finishSending() }
        return
      }
      index += 1
      if case .written = await call.write(request.message.sharingBytes()) { continue }
      hasEnded = true
    }
  }

  /// The next request to be written again, if the call has not ended. After the last, whoever writes another writes it to the call,
  /// and whoever ends the requests ends them there.
  private func nextToReplay(
    at index: Int, to call: ClientCall, hasEnded: Bool
  ) -> (request: Request?, isToBeCommitted: Bool, isToBeFinished: Bool) {
    state.withLock { state in
      // Yet another call may have taken the place of this one.
      guard state.call === call else { return (nil, false, false) }
      if !hasEnded, let written = state.written, index < written.count {
        return (written[index], false, false)
      }
      state.replay = nil
      return (nil, state.isToBeCommitted, state.hasFinished)
    }
  }

  /// Waits until another call has taken the place of `call`, or of the one that is being replaced, or none will.
  private func successorOrEnd(of call: ClientCall?) async {
    await waiting {
      await withCheckedContinuation { continuation in
        let isWaiting = self.state.withLock { state in
          if state.isOver || state.cancellation != nil { return false }
          if state.call !== call, !state.isBeingReplaced { return false }
          state.waiters.append(continuation)
          return true
        }
        if !isWaiting { continuation.resume() }
      }
    }
  }

  /// Waits for what other tasks do; the cancellation of this one cancels the call.
  private func waiting(_ body: @Sendable () async -> Void) async {
    await withTaskCancellationHandler(operation: body) {
      cancel(code: GRPC_STATUS_CANCELLED.code, message: "The task that made the call was cancelled")
    }
  }
}
