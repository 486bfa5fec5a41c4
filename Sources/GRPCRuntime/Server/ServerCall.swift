internal import CGRPCShim
internal import Synchronization
internal import ThinGRPCGuarding

/// A call that a client made: posted as a request for a call, then served by its method's handler.
package final class ServerCall: CallHandle, @unchecked Sendable {
  // Sendable: as CallHandle. `task`, `isCloseWatched` and `hasReplied` are touched before the handler starts or, where it
  // runs on the queue, by the queue's thread alone; elsewhere the close is watched before the handler starts.
  private let server: ServerHandle
  package let method: RegisteredMethod
  private let phase = Atomic<UInt8>(Phase.requested)
  private var task: Task<Void, Never>?
  private var isCloseWatched = false
  private var hasReplied = false
  private let responseMetadata = Guarded(ResponseMetadata())
  private let sender = MessageSender()
  private let receiver = MessageReceiver(receivesInitialMetadata: false)

  private enum Phase {
    static let requested: UInt8 = 0
    static let accepted: UInt8 = 1
  }

  private struct ResponseMetadata {
    var initial: [MetadataField] = []
    var trailing: [MetadataField] = []
    var isInitialSent = false
  }

  init(server: ServerHandle, method: RegisteredMethod, queue: CompletionQueue) {
    self.server = server
    self.method = method
    super.init(queue: queue)
  }

  /// Asks for a call of the method. On the queue's thread, a call that is waiting already is put aside until later.
  func post() {
    guard queue.isCurrent else { return request() }
    queue.loop.startingOperation(of: nil) { request() }
  }

  /// `grpc_server_request_registered_call`.
  private func request() {
    let error = unsafe grpc_server_request_registered_call(
      server.pointer, method.tag, slots.pointer(to: \.call), slots.pointer(to: \.deadline),
      slots.pointer(to: \.initial_metadata), method.input == .one ? slots.pointer(to: \.message) : nil,
      queue.loop.queue, queue.loop.queue, retainedTag())
    precondition(
      error == GRPC_CALL_OK, "The core refused a request for a call (grpc_call_error \(error.rawValue))")
  }

  /// The call's own events are its acceptance and then the end of its reply, for which nobody waits.
  override func complete(_ succeeded: Bool) {
    guard phase.load(ordering: .acquiring) == Phase.requested else { return }
    phase.store(Phase.accepted, ordering: .releasing)
    // A request that fails is the server's shutdown.
    guard succeeded else { return }
    server.post(method, on: queue)
    serve()
  }

  private func serve() {
    server.handlerDidBegin()
    switch server.execution {
    case .queue:
      let task = Task.immediate(executorPreference: queue) { await handle() }
      // A handler that has replied already needs no watch: its reply's batch has the close in it.
      if !hasReplied {
        self.task = task
        watchClose()
      }
    case .globalPool:
      // The event of the close comes to this thread, so not before the task is known.
      watchClose()
      task = Task(executorPreference: globalConcurrentExecutor) { [self] in await handle() }
    }
  }

  private func handle() async {
    await method.handler(self)
    server.handlerDidEnd()
  }

  /// Has the handler's task cancelled when the client goes away.
  private func watchClose() {
    isCloseWatched = true
    var operations = Operations()
    unsafe operations.receiveClose(into: slots)
    start(operations, for: CloseWatch(of: self))
  }

  fileprivate func didClose() {
    if unsafe slots.pointee.cancelled != 0 { task?.cancel() }
  }

  // MARK: For the handler

  /// The deadline that the client set.
  package var deadline: MonotonicInstant { unsafe MonotonicInstant(slots.pointee.deadline) }

  /// Reads the next message of a stream.
  package func next() async -> ReceiveOutcome {
    await receiver.next(of: self)
  }

  /// Writes a message of a stream.
  package func write(_ message: consuming ByteBuffer) async -> WriteOutcome {
    await sender.write(message, to: self)
  }

  /// Replaces the initial metadata of the response; false if it has been sent. Each field's `problem` must be nil.
  package func setInitialMetadata(_ fields: [MetadataField]) -> Bool {
    responseMetadata.withLock { metadata in
      if metadata.isInitialSent { return false }
      metadata.initial = fields
      return true
    }
  }

  /// Replaces the trailing metadata of the response. Each field's `problem` must be nil.
  package func setTrailingMetadata(_ fields: [MetadataField]) {
    responseMetadata.withLock { $0.trailing = fields }
  }

  /// Sends the initial metadata now instead of with the first message.
  package func sendInitialMetadata() async -> WriteOutcome {
    await sender.sendInitialMetadata(of: self)
  }

  override func initialMetadataToSend() -> (fields: [MetadataField], flags: UInt32) {
    responseMetadata.withLock { metadata in
      metadata.isInitialSent = true
      return (metadata.initial, 0)
    }
  }

  override func flushStreams() {
    sender.flush(self)
    receiver.flush(self)
  }

  /// Ends the call, in one batch with all that is still to be sent. The handler's last act.
  ///
  /// - Parameters:
  ///   - message: the only message of a unary call or a client stream that succeeded.
  ///   - trailing: added to the trailing metadata that was set.
  package func reply(
    _ message: consuming ByteBuffer?, code: Int32, statusMessage: String, trailing: [MetadataField]
  ) async {
    let isDone = await sender.finish(self, message: message) { owesInitialMetadata, message in
      startReply(
        message, withInitialMetadata: owesInitialMetadata, code: code, statusMessage: statusMessage,
        trailing: trailing)
    }
    if !isDone {
      // A task that outlives its handler is still writing. The stream cannot be completed, so it must not look complete.
      cancel(
        code: GRPC_STATUS_INTERNAL.code, message: "The handler returned while one of its tasks was writing")
    }
  }

  private func startReply(
    _ message: consuming ByteBuffer?, withInitialMetadata: Bool, code: Int32, statusMessage: String,
    trailing: [MetadataField]
  ) {
    hasReplied = true
    let message = message
    let trailingMetadata = OutgoingMetadata(responseMetadata.withLock { $0.trailing } + trailing)
    let statusSlice = Slice(copying: statusMessage)
    var details = unsafe statusSlice.borrowed
    let initialMetadata = OutgoingMetadata(withInitialMetadata ? initialMetadataToSend().fields : [])
    var operations = Operations()
    if withInitialMetadata { operations.sendInitialMetadata(initialMetadata) }
    operations.sendMessage(message)
    unsafe withUnsafeMutablePointer(to: &details) { details in
      unsafe operations.sendStatus(
        code, message: statusMessage.isEmpty ? nil : details, trailingMetadata: trailingMetadata)
      if !isCloseWatched { unsafe operations.receiveClose(into: slots) }
      start(operations, for: self)
    }
  }
}

/// The event that says that a call is over in both directions.
private final class CloseWatch: Completion, @unchecked Sendable {
  // Sendable: immutable.
  private let call: ServerCall

  init(of call: ServerCall) {
    self.call = call
  }

  override func complete(_ succeeded: Bool) {
    call.didClose()
  }
}
