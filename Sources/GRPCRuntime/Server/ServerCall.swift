internal import CGRPCShim
internal import Synchronization
internal import ThinGRPCGuarding

/// A call that a client made: posted as a request for a call, then served by its method's handler.
package final class ServerCall: CallHandle, @unchecked Sendable {
  // Sendable: as CallHandle. `task`, `closeWatch`, `isClosed` and `hasReplied` are touched before the handler starts or,
  // where it runs on the queue, by the queue's thread alone; elsewhere the close is watched before the handler starts.
  let server: ServerHandle
  package let method: RegisteredMethod
  private let phase = Atomic<UInt8>(Phase.requested)
  private var task: Task<Void, Never>?
  /// There once the close is watched.
  private var closeWatch: CloseWatch?
  /// Whether the close is watched, and a cancellation counted with it.
  var isWatched: Bool { closeWatch != nil }
  private var isClosed = false
  private var hasReplied = false
  /// Whether the server's `arrivingRequests` have the call, or had. The queue's thread only.
  var isArriving = false
  /// The client that the call is counted for; see `CallsByPeer`. Set before the handler starts.
  private var countedPeer: PeerAddress?
  /// The client's address, where it may be asked for when the core does not know it any more.
  private var knownPeer: PeerAddress?
  let response = Guarded(Response())
  /// Made where there is a stream of responses.
  let streamSender: MessageSender?
  private let receiver: MessageReceiver?

  private enum Phase {
    static let requested: UInt8 = 0
    /// The only request is awaited, which did not come with the call.
    static let arriving: UInt8 = 1
    /// What follows the only request is awaited: its end.
    static let reading: UInt8 = 2
    static let accepted: UInt8 = 3
  }

  init(server: ServerHandle, method: RegisteredMethod, queue: CompletionQueue) {
    self.server = server
    self.method = method
    streamSender = method.output == .many ? MessageSender() : nil
    receiver = method.input == .many ? MessageReceiver(receivesInitialMetadata: false) : nil
    super.init(queue: queue)
  }

  /// Asks for a call of the method. On the queue's thread, a call that is waiting already is put aside until later.
  ///
  /// - Returns: whether there was one.
  @discardableResult
  func post() -> Bool {
    server.handlers.didPost()
    begin(keeping: self)
    guard queue.isCurrent else {
      request()
      return false
    }
    queue.loop.queue.keepEvent()
    request()
    guard let event = queue.loop.queue.takeEvent() else { return false }
    queue.loop.putAside(event)
    return true
  }

  /// `grpc_server_request_registered_call`.
  private func request() {
    let error = unsafe grpc_server_request_registered_call(
      server.pointer, method.tag, slots.pointer(to: \.call), slots.pointer(to: \.deadline),
      slots.pointer(to: \.initial_metadata),
      method.input == .one && server.arrivingRequests == nil ? slots.pointer(to: \.message) : nil,
      queue.loop.queue.pointer, queue.loop.queue.pointer, tag)
    precondition(
      error == GRPC_CALL_OK, "The core refused a request for a call (grpc_call_error \(error.rawValue))")
  }

  /// The call's own events are its acceptance, then the end of its only request, and then that of its reply, for which nobody
  /// waits.
  override func complete(_ succeeded: Bool, of owner: Completion) {
    switch phase.load(ordering: .acquiring) {
    case Phase.requested:
      phase.store(Phase.accepted, ordering: .releasing)
      // A request that fails is the server's shutdown.
      guard succeeded else { return server.handlers.didTurnAway() }
      server.replaceRequest(of: method, on: queue)
      if server.resets.isOnAlert, isCancelledAlready() { return server.handlers.didTurnAway() }
      if let refusal = server.refusal(of: self) { return refuse(refusal) }
      guard method.input == .one else { return serve() }
      if server.arrivingRequests != nil {
        phase.store(Phase.arriving, ordering: .releasing)
        return receiveOnlyRequest()
      }
      phase.store(Phase.reading, ordering: .releasing)
      readEndOfOnlyRequest()
    case Phase.arriving:
      phase.store(Phase.reading, ordering: .releasing)
      readEndOfOnlyRequest()
    case Phase.reading:
      phase.store(Phase.accepted, ordering: .releasing)
      didReadOnlyRequest(succeeded)
    default:
      // The reply has ended, and the call with it.
      if closeWatch == nil, isCancelled { server.resets.count(knownPeer) }
    }
  }

  /// Answers a call that no handler is to see.
  func refuse(_ refusal: Refusal) {
    server.handlers.didTurnAway()
    startReply(
      nil, withInitialMetadata: true, code: refusal.code, statusMessage: refusal.message,
      trailing: refusal.metadata)
  }

  /// Starts the handler, unless there is no room for it or the call is over already.
  func serve() {
    if let refusal = server.refusalOfHandler(of: self) { return refuse(refusal) }
    let isInPool = server.execution == .globalPool
    // On the queue a handler is mostly done before it could be cancelled.
    if isInPool, closeWatch == nil { watchClose() }
    if closeWatch != nil {
      if isClosed, isCancelled {
        didEndCounting()
        return server.handlers.didTurnAway()
      }
      if isInPool, !server.waiting.begin() {
        didEndCounting()
        return refuse(server.limits.overloadAnswer.refusal(WaitingCalls.problem))
      }
      server.handlers.didBegin()
      task = method.handler(self)
      if isClosed { cancelHandler() }
      return
    }
    server.handlers.didBegin()
    let task = method.handler(self)
    // A handler that has replied already needs no watch: its reply's batch has the close in it.
    if !hasReplied {
      self.task = task
      watchClose()
    }
  }

  /// Whether the client has cancelled the call before it was seen. The core forgets the address with the call's end.
  private func isCancelledAlready() -> Bool {
    knownPeer = peerAddress
    watchClose()
    return isClosed && isCancelled
  }

  /// Has the handler counted for its client, whose address is asked for; where there is no room for it, returns why.
  func countForPeer() -> String? {
    guard let peer = peerAddress else { return nil }
    if let problem = server.callsByPeer.begin(peer) { return problem }
    countedPeer = peer
    return nil
  }

  private func didEndCounting() {
    if let peer = countedPeer.take() { server.callsByPeer.end(peer) }
  }

  /// Has the handler's task cancelled when the client goes away.
  private func watchClose() {
    let closeWatch = CloseWatch()
    self.closeWatch = closeWatch
    var operations = Operations()
    unsafe operations.receiveClose(into: slots)
    start(&operations, for: closeWatch)
  }

  fileprivate func didClose() {
    isClosed = true
    if isCancelled { server.resets.count(knownPeer) }
    cancelHandler()
  }

  /// Whether the call was cancelled, of one that is closed.
  private var isCancelled: Bool { unsafe slots.pointee.cancelled != 0 }

  private func cancelHandler() {
    if isCancelled { task?.cancel() }
  }

  // MARK: For the handler

  /// Whether `server` is the one that serves the call.
  package func isServed(by server: ServerHandle) -> Bool { self.server === server }

  /// Where the handler is to run.
  package var execution: HandlerExecution { server.execution }

  /// The handler has returned. Before its reply: a client that has the reply is not to find the handler counted.
  package func handlerDidEnd() {
    didEndCounting()
    server.handlers.didEnd()
  }

  /// A thread of the global pool has the handler now.
  package func handlerDidStart() { server.waiting.end() }

  /// The deadline that the client set.
  package var deadline: MonotonicInstant { unsafe MonotonicInstant(slots.pointee.deadline) }

  /// The next message of a stream of requests, where it has arrived already; otherwise nil.
  package func nextAtOnce() -> ReceiveOutcome? { receiver!.nextAtOnce(of: self) }

  /// Reads the next message of a stream of requests.
  package func next() async -> ReceiveOutcome {
    await receiver!.next(of: self)
  }

  override func flushStreams() {
    sender?.flush(self)
    receiver?.flush(self)
  }

  /// Starts the batch that ends the call.
  func startReply(
    _ message: consuming ByteBuffer?, withInitialMetadata: Bool, code: Int32, statusMessage: String,
    trailing: [MetadataField]
  ) {
    hasReplied = true
    let message = message
    var trailing = response.withLock { $0.trailing } + trailing
    var statusMessage = statusMessage
    if !statusMessage.isEmpty || !trailing.isEmpty {
      (statusMessage, trailing) = server.statusRoom.fit(statusMessage, trailing)
    }
    let trailingMetadata = OutgoingMetadata(trailing)
    var details = unsafe statusMessage.isEmpty ? grpc_slice() : grpc_slice(copying: statusMessage)
    defer { unsafe grpc_slice_unref(details) }
    let initialMetadata = OutgoingMetadata(withInitialMetadata ? initialMetadataToSend().fields : [])
    var operations = Operations()
    if withInitialMetadata { operations.sendInitialMetadata(initialMetadata) }
    operations.sendMessage(message)
    unsafe withUnsafeMutablePointer(to: &details) { details in
      unsafe operations.sendStatus(
        code, message: statusMessage.isEmpty ? nil : details, trailingMetadata: trailingMetadata)
      if closeWatch == nil { unsafe operations.receiveClose(into: slots) }
      start(&operations, for: self)
    }
  }

  override func initialMetadataToSend() -> (fields: [MetadataField], flags: UInt32) {
    response.withLock { response in
      response.isInitialSent = true
      return (response.initial, 0)
    }
  }
}

/// The event that says that a call is over in both directions.
private final class CloseWatch: Completion, @unchecked Sendable {
  // Sendable: has no state.
  override func complete(_ succeeded: Bool, of owner: Completion) {
    unsafe unsafeDowncast(owner, to: ServerCall.self).didClose()
  }
}
