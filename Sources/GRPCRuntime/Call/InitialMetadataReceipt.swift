internal import CGRPCShim

/// The receipt of a server's initial metadata by itself, for who wants it before the first message.
final class InitialMetadataReceipt: Lane, @unchecked Sendable {
  // Sendable: as Lane.
  private let onArrival: @Sendable (ClientCall) -> Void

  init(onArrival: @escaping @Sendable (ClientCall) -> Void) {
    self.onArrival = onArrival
  }

  /// Asks for the metadata; before anything is sent, as with a first message.
  func begin(of call: ClientCall) {
    var operations = Operations()
    unsafe operations.receiveInitialMetadata(into: call.slots)
    call.start(&operations, on: self)
  }

  override func complete(_ succeeded: Bool, of owner: Completion) {
    let call = unsafe unsafeDowncast(owner, to: ClientCall.self)
    let hasArrived = unsafe succeeded && !thin_call_is_trailers_only(call.slots.pointee.call!)
    if hasArrived { onArrival(call) }
    super.complete(hasArrived, of: owner)
  }
}
