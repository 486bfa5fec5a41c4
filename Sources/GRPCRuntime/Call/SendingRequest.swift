/// Has the queue's thread send what has gathered in an outbox.
final class SendingRequest: Completion, @unchecked Sendable {
  // Sendable: `outbox` is set with the outbox.
  unowned var outbox: Outbox!

  /// Wakes the queue's thread (an empty batch, whose event comes at once).
  func start(of call: CallHandle) {
    if call.queue.isCurrent {
      begin(keeping: call)
      call.queue.loop.putAside(event)
    } else {
      var nothing = Operations()
      call.start(&nothing, for: self)
    }
  }

  /// Has the queue's thread come back to it in about a millisecond.
  func startLater(of call: CallHandle) {
    begin(keeping: call)
    call.queue.loop.handleLater(event)
  }

  private var event: Event { unsafe Event(tag: tag, succeeded: true) }

  override func complete(_ succeeded: Bool, of owner: Completion) {
    outbox.sendAsAsked(of: unsafe unsafeDowncast(owner, to: CallHandle.self))
  }
}
