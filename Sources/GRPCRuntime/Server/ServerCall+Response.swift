internal import CGRPCShim
internal import ThinGRPCGuarding

extension ServerCall {
  /// What goes back to the client beside the messages.
  struct Response {
    var initial: [MetadataField] = []
    var trailing: [MetadataField] = []
    var isInitialSent = false
    /// Made where a call with one response sends its initial metadata ahead of that.
    var sender: MessageSender?
    var hasEnded = false
  }

  /// What sends, where anything but the reply has been sent or will be.
  var sender: MessageSender? { streamSender ?? response.withLock { $0.sender } }

  /// Replaces the initial metadata of the response; false if it has been sent. Each field's `problem` must be nil.
  package func setInitialMetadata(_ fields: [MetadataField]) -> Bool {
    response.withLock { response in
      if response.isInitialSent { return false }
      response.initial = fields
      return true
    }
  }

  /// Replaces the trailing metadata of the response. Each field's `problem` must be nil.
  package func setTrailingMetadata(_ fields: [MetadataField]) {
    response.withLock { $0.trailing = fields }
  }

  /// Sends the initial metadata now instead of with the first message.
  package func sendInitialMetadata() async -> WriteOutcome {
    guard let sender = streamSender ?? senderForInitialMetadata() else { return .ended }
    return await sender.sendInitialMetadata(of: self)
  }

  private func senderForInitialMetadata() -> MessageSender? {
    response.withLock { response in
      if response.sender == nil, !response.hasEnded { response.sender = MessageSender() }
      return response.sender
    }
  }

  /// Writes a message of a stream of responses if there is room for it now: see `MessageSender.writeAtOnce`.
  package func writeAtOnce(_ message: inout ByteBuffer?) -> WriteOutcome? {
    streamSender!.writeAtOnce(&message, to: self)
  }

  /// Waits until there is room for another message.
  package func waitForRoom() async -> WriteOutcome {
    await streamSender!.waitForRoom(in: self)
  }

  /// Writes a message of a stream of responses.
  package func write(_ message: consuming ByteBuffer) async -> WriteOutcome {
    await streamSender!.write(message, to: self)
  }

  /// Whether nothing has been sent, and nothing is to be sent but a reply: `reply` ends such a call, `finish` any other.
  /// Once this is true, nothing else can be sent.
  package func awaitsReplyAlone() -> Bool {
    if streamSender != nil { return false }
    return response.withLock { response in
      response.hasEnded = response.sender == nil
      return response.hasEnded
    }
  }

  /// Ends a call whose response is all in one batch: initial metadata, the message if it succeeded, status.
  ///
  /// - Parameter trailing: added to the trailing metadata that was set.
  package func reply(
    _ message: consuming ByteBuffer?, code: Int32, statusMessage: String, trailing: [MetadataField]
  ) {
    startReply(
      message, withInitialMetadata: true, code: code, statusMessage: statusMessage, trailing: trailing)
  }

  /// Ends the call, in one batch with all that is still to be sent.
  ///
  /// - Parameters:
  ///   - message: the message of a call with one response that succeeded.
  ///   - trailing: added to the trailing metadata that was set.
  package func finish(
    _ message: consuming ByteBuffer?, code: Int32, statusMessage: String, trailing: [MetadataField]
  ) async {
    let isDone = await sender!.finish(self, message: message) { owesInitialMetadata, message in
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
}
