internal import CGRPCShim

/// A call that this side makes.
package final class ClientCall: CallHandle, @unchecked Sendable {
  // Sendable: as CallHandle; the rest is set before the call is shared, or has its own rule.
  private let channel: ChannelHandle
  /// What the call was made with, for one that takes its place.
  package let parameters: Parameters
  /// The lane of the half-close, for which nobody waits. Made by the task that has the sender.
  private var halfClose: Lane?
  private let sender: MessageSender?
  private let receiver: MessageReceiver?
  private let isUnary: Bool
  /// There where the initial metadata is wanted as soon as it arrives.
  private let initialMetadata: InitialMetadataReceipt?
  private var place = -1
  /// What looks for a second response, if anything does. The surplus watch's alone.
  private var surplus: SurplusResponse?
  /// Why a message was refused, and with it the call, whatever status the server sends. Written by the task that reads, or by the
  /// queue's thread before that task goes on.
  private var refusal: (code: Int32, reason: String)?
  /// What a call with a stream of requests belongs to.
  private weak var streamed: StreamedCall?

  /// What a call is made with.
  package struct Parameters: Sendable {
    package var deadline: MonotonicInstant
    /// Each field's `problem` is nil.
    package var metadata: [MetadataField]
    /// Whether the call waits for a connection instead of failing at once when there is none.
    package var waitsForReady: Bool
    /// Whether another call may take the place of one that was not processed.
    package var isRepeatable: Bool
    /// The statuses after which a policy has another call made.
    package var retryableCodes: StatusCodeSet
    /// What counts how the calls end that a policy applies to.
    package var throttle: RetryThrottle?
    /// How many calls were made before, in whose place a policy has this one made.
    package var previousAttempts = 0
    /// What the call sends beside what its channel does to prove who makes it. Never sent where the connection is not private.
    package var credentials: CallCredentialsHandle?
    /// Called when the server's initial metadata arrives, on the queue's thread; nil where it is wanted with the first message.
    package var onInitialMetadata: (@Sendable (ClientCall) -> Void)?

    package init(
      deadline: MonotonicInstant, metadata: consuming [MetadataField], waitsForReady: Bool,
      isRepeatable: Bool,
      retryableCodes: StatusCodeSet = StatusCodeSet(), throttle: consuming RetryThrottle? = nil,
      credentials: consuming CallCredentialsHandle? = nil,
      onInitialMetadata: (@Sendable (ClientCall) -> Void)? = nil
    ) {
      self.deadline = deadline
      self.metadata = metadata
      self.waitsForReady = waitsForReady
      self.isRepeatable = isRepeatable
      self.retryableCodes = retryableCodes
      self.throttle = throttle
      self.credentials = credentials
      self.onInitialMetadata = onInitialMetadata
    }
  }

  /// What is done with a call.
  package enum Shape: Sendable {
    /// `beginUnary`, then `ended`.
    case unary
    /// `beginServerStreaming`, then `next`.
    case serverStreaming
    /// `StreamedCall`, then `next`.
    case clientStreaming
  }

  /// Creates a call (`grpc_channel_create_call`); nil if the channel is shut down. Nothing is sent yet.
  package init?(
    on channel: ChannelHandle, path: borrowing MethodPath, shape: Shape, parameters: consuming Parameters
  ) {
    let (deadline, credentials) = (parameters.deadline, parameters.credentials)
    let onInitialMetadata = parameters.onInitialMetadata
    self.channel = channel
    // Moved: a copy counts references for each of its parts.
    self.parameters = parameters
    sender = shape == .clientStreaming ? MessageSender() : nil
    initialMetadata = onInitialMetadata.map(InitialMetadataReceipt.init)
    receiver =
      shape != .unary
      ? MessageReceiver(receivesInitialMetadata: onInitialMetadata == nil) : nil
    isUnary = shape == .unary
    super.init(queue: channel.queueForCall())
    unsafe slots.pointee.call = grpc_channel_create_call(
      channel.pointer, nil, 0, queue.loop.queue.pointer, path.slice.borrowed, nil,
      deadline.coreTime, nil)
    if let credentials {
      let error = unsafe grpc_call_set_credentials(slots.pointee.call!, credentials.pointer)
      precondition(error == GRPC_CALL_OK, "The core refused credentials (grpc_call_error \(error.rawValue))")
    }
    guard let place = channel.openCalls.insert(self) else { return nil }
    self.place = place
  }

  override var isCancelledByWaiters: Bool { true }

  override var codeOfCompressedMessage: grpc_status_code { GRPC_STATUS_INTERNAL }

  override func initialMetadataToSend() -> (fields: [MetadataField], flags: UInt32) {
    let flags = GRPC_INITIAL_METADATA_WAIT_FOR_READY | GRPC_INITIAL_METADATA_WAIT_FOR_READY_EXPLICITLY_SET
    let fields = parameters.previousAttempts == 0 ? parameters.metadata : metadataOfLaterAttempt
    return (fields, parameters.waitsForReady ? UInt32(flags) : 0)
  }

  override func flushStreams() {
    sender?.flush(self)
    receiver?.flush(self)
  }

  /// Begins a unary call, all of it in one batch.
  package func beginUnary(_ message: consuming ByteBuffer) {
    initialMetadata?.begin(of: self)
    let request = consume message
    startSending(withInitialMetadata: true, on: self) { operations in
      operations.sendMessage(request)
      operations.sendCloseFromClient()
      if initialMetadata == nil { unsafe operations.receiveInitialMetadata(into: slots) }
      unsafe operations.receiveMessage(into: slots)
      unsafe operations.receiveStatus(into: slots)
    }
    channel.surplusWatch.watch(channel)
  }

  /// Begins a call that sends one message and receives many.
  package func beginServerStreaming(_ message: consuming ByteBuffer) {
    initialMetadata?.begin(of: self)
    receiver!.receiveFirst(of: self)
    let request = consume message
    startSending(withInitialMetadata: true, on: self) { operations in
      operations.sendMessage(request)
      operations.sendCloseFromClient()
      unsafe operations.receiveStatus(into: slots)
    }
  }

  /// Begins a call that sends many messages. The initial metadata goes out with the first of them, or by itself where
  /// none is ready.
  func beginClientStreaming(of streamed: StreamedCall) {
    self.streamed = streamed
    initialMetadata?.begin(of: self)
    receiver!.receiveFirst(of: self)
    var operations = Operations()
    unsafe operations.receiveStatus(into: slots)
    start(&operations, on: self)
  }

  /// Writes a message of a stream if there is room for it now: see `MessageSender.writeAtOnce`.
  package func writeAtOnce(_ message: inout ByteBuffer?) -> WriteOutcome? {
    sender!.writeAtOnce(&message, to: self)
  }

  /// Waits until there is room for another message.
  package func waitForRoom() async -> WriteOutcome {
    await sender!.waitForRoom(in: self)
  }

  /// Writes a message of a stream.
  package func write(_ message: consuming ByteBuffer) async -> WriteOutcome {
    await sender!.write(message, to: self)
  }

  /// Sends the initial metadata unless it has been sent. Where the caller runs on the queue's thread and a message follows
  /// before that thread waits, they share a batch.
  package func sendInitialMetadata() async {
    if queue.isCurrent {
      sender!.scheduleFlush(of: self)
    } else {
      _ = await sender!.sendInitialMetadata(of: self)
    }
  }

  /// Half-closes, unless that has been done: there are no more messages from this side. False if another task is writing.
  package func finishSending() async -> Bool {
    await sender!.finish(self, message: nil) { owesInitialMetadata, message in
      let message = message
      if halfClose != nil { return }
      let lane = Lane()
      halfClose = lane
      startSending(withInitialMetadata: owesInitialMetadata, on: lane) { operations in
        operations.sendMessage(message)
        operations.sendCloseFromClient()
      }
    }
  }

  /// The next message of a stream, where it has arrived already; otherwise nil.
  package func nextAtOnce() -> ReceiveOutcome? { receiver!.nextAtOnce(of: self) }

  /// Reads the next message of a stream.
  package func next() async -> ReceiveOutcome {
    await receiver!.next(of: self)
  }

  /// Whether the initial metadata is received by itself, so that it can be waited for.
  package var receivesInitialMetadataEarly: Bool { initialMetadata != nil }

  /// Waits for the initial metadata, which is received by itself; false if the call ends without any. One task, once; its
  /// cancellation cancels the call.
  package func initialMetadataArrived() async -> Bool {
    if case .succeeded = await initialMetadata!.outcome(in: self) { true } else { false }
  }

  /// Waits for the call's end. One task, once; its cancellation cancels the call.
  package func ended() async {
    _ = await outcome(in: self)
  }

  /// Looks for a second response, where a unary call has had its first for a while and no status. The surplus watch's alone.
  ///
  /// - Returns: whether the call is one to be watched.
  func lookForSurplusResponse() -> Bool {
    guard isUnary else { return false }
    guard unsafe thin_has_message(slots) else { return true }
    if let surplus {
      surplus.lookOnce(in: self)
    } else {
      surplus = SurplusResponse()
    }
    return true
  }

  /// Ends the call because a second message came where there is to be one.
  package func refuseSurplusResponse() {
    refuseMessage(code: GRPC_STATUS_UNIMPLEMENTED, Self.problemOfSurplusResponse)
  }

  /// Cancels a unary call to which a second message came; its status says so. Any thread.
  func cancelForSurplusResponse() {
    cancel(code: GRPC_STATUS_UNIMPLEMENTED.code, message: Self.problemOfSurplusResponse)
  }

  private static let problemOfSurplusResponse =
    "The server sent more than one response to a call that has one"

  /// Has a call that was not processed end with what this side has cancelled it with, after its own end. The task that reads.
  func endAsCancelled(code: Int32, message: String) { refusal = (code, message) }

  override func refuseMessage(code: grpc_status_code, _ reason: String) {
    refusal = (code.code, reason)
    super.refuseMessage(code: code, reason)
  }

  /// The call's own event is that of the operation that receives the status.
  override func complete(_ succeeded: Bool, of owner: Completion) {
    // Before whoever waits goes on, and asks whether the call may be made again.
    if let throttle = parameters.throttle { count(in: throttle) }
    channel.openCalls.remove(at: place)
    super.complete(succeeded, of: owner)
    if sender != nil { streamed?.didEnd(self) }
  }

  /// The status; valid after the call's end.
  package var status: (code: Int32, message: String) {
    if let refusal { return (refusal.code, refusal.reason) }
    if unsafe slots.pointee.surplus_message != nil {
      return (GRPC_STATUS_UNIMPLEMENTED.code, Self.problemOfSurplusResponse)
    }
    let (code, message) = unsafe (slots.pointee.status, slots.pointee.status_details.string)
    return CredentialsFailure.status(code, message) ?? (code.code, message)
  }

  /// What the core says of a failure, for people who debug; valid after the call's end.
  package var errorDescription: String? {
    unsafe slots.pointee.error_string.map { unsafe String(cString: $0) }
  }

  /// The trailing metadata that the server sent; valid after the call's end.
  package var receivedTrailingMetadata: [MetadataField] { unsafe slots.pointee.trailing_metadata.fields }
}
