internal import CGRPCShim
internal import Synchronization

/// One call of the core: a `grpc_call` and the memory that the core writes to in its course.
///
/// Every outstanding batch keeps the call alive, so the memory outlives whatever the core may still write. Batches may be
/// started from any thread, one at a time of each kind. A call is itself the lane of the operation that ends it.
@safe package class CallHandle: Lane, @unchecked Sendable {
  // Sendable: `slots` is set up before the call is known to anybody else; after that each slot is written by the core under
  // one lane's operation, and read by the task that has waited for it.
  let slots: UnsafeMutablePointer<thin_call_slots>
  /// The queue that has the events of the call.
  package let queue: CompletionQueue
  /// The queue's thread only.
  private var isToBeFlushed = false
  /// What this side has cancelled the call with; OK where it has not.
  private let cancellation = Atomic<Int32>(0)

  init(queue: CompletionQueue) {
    self.queue = queue
    unsafe slots = queue.isCurrent ? queue.loop.takeSlots() : .makeSlots()
  }

  deinit {
    unsafe slots.clear()
    if queue.isCurrent {
      unsafe queue.loop.giveSlots(slots)
    } else {
      unsafe slots.freeSlots()
    }
  }

  /// Starts a batch that `completion` has the event of. On the queue's thread, `completion` may be completed before this
  /// returns.
  ///
  /// - Returns: whether this batch has ended.
  @discardableResult
  final func start(_ operations: inout Operations, for completion: Completion) -> Bool {
    guard queue.isCurrent else {
      completion.begin(keeping: self)
      startBatch(&operations, for: completion)
      return false
    }
    queue.loop.queue.keepEvent()
    startBatch(&operations, for: completion)
    guard let event = queue.loop.queue.takeEvent() else {
      completion.begin(keeping: self)
      return false
    }
    guard unsafe event.tag == completion.tag else {
      completion.begin(keeping: self)
      queue.loop.putAside(event)
      return false
    }
    completion.complete(event.succeeded, of: self)
    return true
  }

  /// Starts a receive on `lane`, which is not occupied. The queue's thread only.
  ///
  /// - Returns: whether it succeeded, where it has ended at once; the lane is as free as before then.
  final func startAtOnce(_ operations: inout Operations, on lane: Lane) -> Bool? {
    queue.loop.queue.keepEvent()
    startBatch(&operations, for: lane)
    let event = queue.loop.queue.takeEvent()
    if let event, unsafe event.tag == lane.tag { return event.succeeded }
    lane.begin()
    lane.begin(keeping: self)
    if let event { queue.loop.putAside(event) }
    return nil
  }

  /// Starts a batch on any thread.
  ///
  /// - Returns: whether it succeeded, where it has ended at once; `completion` is not completed then.
  final func startHere(_ operations: inout Operations, for completion: Completion) -> Bool? {
    completion.begin(keeping: self)
    queue.loop.queue.keepEvent()
    startBatch(&operations, for: completion)
    guard let event = queue.loop.queue.takeEvent() else { return nil }
    if unsafe event.tag == completion.tag {
      completion.takeBack()
      return event.succeeded
    }
    queue.loop.putAside(event)
    return nil
  }

  /// Starts a batch on any thread, unless the core refuses it because another of its kind goes on; whether it was started.
  final func startUnlessRefused(_ operations: inout Operations, for completion: Completion) -> Bool {
    completion.begin(keeping: self)
    let error = unsafe operations.start(on: slots.pointee.call!, tag: completion.tag)
    if error == GRPC_CALL_OK { return true }
    precondition(
      error == GRPC_CALL_ERROR_TOO_MANY_OPERATIONS,
      "The core refused a batch (grpc_call_error \(error.rawValue))")
    completion.takeBack()
    return false
  }

  private final func startBatch(_ operations: inout Operations, for completion: Completion) {
    let error = unsafe operations.start(on: slots.pointee.call!, tag: completion.tag)
    // This module makes the batches, and validates what goes into them: a refusal is its own mistake.
    precondition(error == GRPC_CALL_OK, "The core refused a batch (grpc_call_error \(error.rawValue))")
  }

  /// Starts a batch whose outcome `lane` waits for.
  final func start(_ operations: inout Operations, on lane: Lane) {
    lane.begin()
    start(&operations, for: lane)
  }

  /// Cancels the call with a status that both sides see; what is outstanding ends soon after
  /// (`grpc_call_cancel_with_status`). Any thread, any number of times.
  package final func cancel(code: Int32, message: String) {
    cancellation.store(code, ordering: .relaxed)
    _ = unsafe message.withCString {
      unsafe grpc_call_cancel_with_status(slots.pointee.call!, grpc_status_code(code), $0, nil)
    }
  }

  /// The status code with which this side has cancelled the call, if it has.
  package final var cancellationCode: Int32? {
    let code = cancellation.load(ordering: .relaxed)
    return code == 0 ? nil : code
  }

  /// Cancels the call because a task that waits for it is cancelled.
  final func cancelByWaiter() {
    cancel(code: GRPC_STATUS_CANCELLED.code, message: "The task that made the call was cancelled")
  }

  /// The address of the peer, such as `ipv4:127.0.0.1:50051` (`grpc_call_get_peer`).
  package final var peer: String {
    guard let peer = unsafe grpc_call_get_peer(slots.pointee.call!) else { return "unknown" }
    defer { unsafe gpr_free(peer) }
    return unsafe String(cString: peer)
  }

  /// The address of the peer; nil over a unix socket, and once this side has cancelled the call.
  final var peerAddress: PeerAddress? { PeerAddress(peer) }

  /// The initial metadata that the peer sent; empty until it has arrived.
  package final var receivedInitialMetadata: [MetadataField] { unsafe slots.pointee.initial_metadata.fields }

  /// The size of the initial metadata that the peer sent, as HTTP/2 counts it: 32 bytes for each entry beside its text.
  final var receivedInitialMetadataByteCount: Int {
    let metadata = unsafe slots.pointee.initial_metadata
    var byteCount = 0
    for index in unsafe 0..<metadata.count {
      let entry = unsafe metadata.metadata + index
      unsafe byteCount +=
        32 + thin_slice_length(entry.pointer(to: \.key)!)
        + thin_slice_length(entry.pointer(to: \.value)!)
    }
    return byteCount
  }

  /// The message that was received last, handed over once.
  package final func takeMessage() -> ByteBuffer? {
    guard let message = unsafe thin_take_message(slots) else { return nil }
    return unsafe ByteBuffer(adopting: message)
  }

  /// Ends the call because of a message that breaks gRPC's rules.
  func refuseMessage(code: grpc_status_code, _ reason: String) {
    cancel(code: code.code, message: reason)
  }

  /// Starts a batch on `lane` that sends: first the initial metadata, if it is still owed, then what `add` adds.
  final func startSending(withInitialMetadata: Bool, on lane: Lane, _ add: (inout Operations) -> Void) {
    withOperations(initialMetadata: withInitialMetadata) { operations in
      add(&operations)
      start(&operations, on: lane)
    }
  }

  /// Calls `body` with a batch in which the initial metadata is, if it is owed, and nothing else yet.
  @inline(__always)
  final func withOperations<Result>(initialMetadata: Bool, _ body: (inout Operations) -> Result) -> Result {
    var operations = Operations()
    guard initialMetadata else { return body(&operations) }
    let (fields, flags) = initialMetadataToSend()
    let metadata = OutgoingMetadata(fields)
    operations.sendInitialMetadata(metadata, flags: flags)
    return body(&operations)
  }

  /// Whether a cancelled task that waits for this call cancels it; otherwise only the wait ends.
  var isCancelledByWaiters: Bool { false }

  /// What the call sends before anything else. Asked for once, by whoever starts the first batch that sends.
  func initialMetadataToSend() -> (fields: [MetadataField], flags: UInt32) { ([], 0) }

  /// What a call ends with whose peer has sent a message that cannot be read for its compression.
  var codeOfCompressedMessage: grpc_status_code { GRPC_STATUS_UNIMPLEMENTED }

  /// Has the call flushed before the queue's thread next waits. The queue's thread only.
  final func flushLater() {
    if isToBeFlushed { return }
    isToBeFlushed = true
    queue.loop.flushLater(self)
  }

  /// Starts what is held back. Called on the queue's thread before it waits for events.
  final func flush() {
    isToBeFlushed = false
    flushStreams()
  }

  /// Sends what the call's sender holds back, then starts the receive that was put off.
  func flushStreams() {}
}

extension grpc_status_code {
  var code: Int32 { Int32(rawValue) }
}
