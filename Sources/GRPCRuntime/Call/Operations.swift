internal import CGRPCShim

/// The operations of one batch, in the order they were added.
///
/// Lives on the stack: the core copies what it needs before `grpc_call_start_batch` returns, except for the places
/// it writes to, which are the call's slots.
@safe struct Operations: ~Copyable {
  // A batch has each kind of operation at most once, and no call has more than six kinds.
  private var operations = unsafe InlineArray<6, grpc_op>(repeating: grpc_op())
  private(set) var count = 0

  private mutating func add(
    _ kind: grpc_op_type, flags: UInt32 = 0, _ fill: (inout grpc_op) -> Void = { _ in }
  ) {
    unsafe operations[count].op = kind
    unsafe operations[count].flags = flags
    unsafe fill(&operations[count])
    count += 1
  }

  mutating func sendInitialMetadata(_ metadata: borrowing OutgoingMetadata, flags: UInt32 = 0) {
    let (entries, entryCount) = unsafe (metadata.pointer, metadata.count)
    unsafe add(GRPC_OP_SEND_INITIAL_METADATA, flags: flags) { operation in
      unsafe operation.data.send_initial_metadata.metadata = entries
      unsafe operation.data.send_initial_metadata.count = entryCount
    }
  }

  mutating func sendMessage(_ message: borrowing ByteBuffer, flags: UInt32 = 0) {
    let pointer = unsafe message.pointer
    unsafe add(GRPC_OP_SEND_MESSAGE, flags: flags) { unsafe $0.data.send_message.send_message = pointer }
  }

  mutating func sendMessage(_ message: borrowing ByteBuffer?, flags: UInt32 = 0) {
    switch message {
    case .some(let message): sendMessage(message, flags: flags)
    case .none: break
    }
  }

  mutating func sendCloseFromClient() {
    unsafe add(GRPC_OP_SEND_CLOSE_FROM_CLIENT)
  }

  /// `message` is copied by the core; nil sends none.
  mutating func sendStatus(
    _ code: Int32, message: UnsafeMutablePointer<grpc_slice>?, trailingMetadata: borrowing OutgoingMetadata
  ) {
    let (entries, entryCount) = unsafe (trailingMetadata.pointer, trailingMetadata.count)
    unsafe add(GRPC_OP_SEND_STATUS_FROM_SERVER) { operation in
      unsafe operation.data.send_status_from_server.status = grpc_status_code(code)
      unsafe operation.data.send_status_from_server.status_details = message
      unsafe operation.data.send_status_from_server.trailing_metadata = entries
      unsafe operation.data.send_status_from_server.trailing_metadata_count = entryCount
    }
  }

  mutating func receiveInitialMetadata(into slots: UnsafeMutablePointer<thin_call_slots>) {
    unsafe add(GRPC_OP_RECV_INITIAL_METADATA) { operation in
      unsafe operation.data.recv_initial_metadata.recv_initial_metadata = slots.pointer(
        to: \.initial_metadata)
    }
  }

  mutating func receiveMessage(into slots: UnsafeMutablePointer<thin_call_slots>) {
    unsafe add(GRPC_OP_RECV_MESSAGE) { operation in
      unsafe operation.data.recv_message.recv_message = slots.pointer(to: \.message)
    }
  }

  /// Receives what must not come: a message after the only one.
  mutating func receiveSurplusMessage(into slots: UnsafeMutablePointer<thin_call_slots>) {
    unsafe add(GRPC_OP_RECV_MESSAGE) { operation in
      unsafe operation.data.recv_message.recv_message = slots.pointer(to: \.surplus_message)
    }
  }

  mutating func receiveStatus(into slots: UnsafeMutablePointer<thin_call_slots>) {
    unsafe add(GRPC_OP_RECV_STATUS_ON_CLIENT) { operation in
      unsafe operation.data.recv_status_on_client.trailing_metadata = slots.pointer(to: \.trailing_metadata)
      unsafe operation.data.recv_status_on_client.status = slots.pointer(to: \.status)
      unsafe operation.data.recv_status_on_client.status_details = slots.pointer(to: \.status_details)
      unsafe operation.data.recv_status_on_client.error_string = slots.pointer(to: \.error_string)
    }
  }

  mutating func receiveClose(into slots: UnsafeMutablePointer<thin_call_slots>) {
    unsafe add(GRPC_OP_RECV_CLOSE_ON_SERVER) { operation in
      unsafe operation.data.recv_close_on_server.cancelled = slots.pointer(to: \.cancelled)
    }
  }

  /// Starts the batch on `call` (`grpc_call_start_batch`). Mutating, so that it starts where it lies and is not copied first.
  mutating func start(on call: OpaquePointer, tag: UnsafeMutableRawPointer) -> grpc_call_error {
    let count = count
    var span = unsafe operations.mutableSpan
    return unsafe span.withUnsafeMutableBufferPointer {
      unsafe grpc_call_start_batch(call, $0.baseAddress, count, tag, nil)
    }
  }
}
