internal import CGRPCShim

/// A call of a method that the server does not have: answered UNIMPLEMENTED.
@safe final class UnregisteredCall: CallHandle, @unchecked Sendable {
  // Sendable: as CallHandle; touched by the queue's thread alone once it is posted.
  private let server: ServerHandle
  private let details: UnsafeMutablePointer<grpc_call_details>
  private var isAnswered = false
  private var knownPeer: PeerAddress?

  private init(server: ServerHandle, queue: CompletionQueue) {
    self.server = server
    unsafe details = .allocate(capacity: 1)
    unsafe details.initialize(to: grpc_call_details())
    super.init(queue: queue)
  }

  deinit {
    unsafe grpc_call_details_destroy(details)
    unsafe details.deallocate()
  }

  /// Asks for a call of an unregistered method (`grpc_server_request_call`).
  static func post(on server: ServerHandle, queue: CompletionQueue) {
    let call = UnregisteredCall(server: server, queue: queue)
    call.begin(keeping: call)
    let error = unsafe grpc_server_request_call(
      server.pointer, call.slots.pointer(to: \.call), call.details,
      call.slots.pointer(to: \.initial_metadata),
      queue.loop.queue.pointer, queue.loop.queue.pointer, call.tag)
    precondition(
      error == GRPC_CALL_OK, "The core refused a request for a call (grpc_call_error \(error.rawValue))")
  }

  override func complete(_ succeeded: Bool, of owner: Completion) {
    if isAnswered {
      if unsafe slots.pointee.cancelled != 0 { server.resets.count(knownPeer) }
      return
    }
    guard succeeded else { return }
    isAnswered = true
    if server.resets.isOnAlert { knownPeer = peerAddress }
    Self.post(on: server, queue: queue)
    let problem = "The method \(unsafe details.pointee.method.string) is not implemented"
    let message = Slice(copying: server.statusRoom.fit(problem, []).message)
    var statusDetails = unsafe message.borrowed
    var operations = Operations()
    operations.sendInitialMetadata(OutgoingMetadata([]))
    unsafe withUnsafeMutablePointer(to: &statusDetails) { statusDetails in
      unsafe operations.sendStatus(
        GRPC_STATUS_UNIMPLEMENTED.code, message: statusDetails, trailingMetadata: OutgoingMetadata([]))
      unsafe operations.receiveClose(into: slots)
      start(&operations, for: self)
    }
  }
}
