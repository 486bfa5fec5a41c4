internal import CGRPCShim

// The request of a call that has exactly one. The core hands it over with the call; that no other follows is known when the
// client half-closes, which mostly comes along with it.

extension ServerCall {
  /// Waits for the only request, where it does not come with the call: `readEndOfOnlyRequest` is next.
  func receiveOnlyRequest() {
    var operations = Operations()
    unsafe operations.receiveMessage(into: slots)
    if !start(&operations, for: self) { waitForArrival() }
  }

  /// Has the call end if its request takes too long.
  private func waitForArrival() {
    guard let arrivingRequests = server.arrivingRequests else { return }
    isArriving = true
    if !arrivingRequests.add(self) {
      cancel(code: server.limits.overloadAnswer.code, message: WaitingCalls.problem)
    }
  }

  /// Waits for what follows the only request: `didReadOnlyRequest` is called with the outcome, mostly before this returns.
  func readEndOfOnlyRequest() {
    var operations = Operations()
    unsafe operations.receiveSurplusMessage(into: slots)
    if !start(&operations, for: self) { waitForArrival() }
  }

  /// Serves the call if it has one request that can be read; otherwise refuses it.
  func didReadOnlyRequest(_ succeeded: Bool) {
    if isArriving { server.arrivingRequests?.remove(self) }
    // A call that has ended needs no answer.
    guard succeeded, unsafe grpc_call_failed_before_recv_message(slots.pointee.call!) == 0 else {
      if !isWatched { server.resets.count(peerAddress) }
      return server.handlers.didTurnAway()
    }
    if unsafe slots.pointee.message != nil, unsafe slots.pointee.surplus_message == nil, !hasCompressedMessage
    {
      serve()
    } else {
      refuse(refusalOfRequest)
    }
  }

  private var refusalOfRequest: Refusal {
    let problem =
      if unsafe slots.pointee.message == nil {
        "The call has one request, and the client sent none"
      } else if unsafe slots.pointee.surplus_message != nil {
        "The call has one request, and the client sent more"
      } else {
        Self.problemOfCompressedMessage
      }
    return Refusal(code: GRPC_STATUS_UNIMPLEMENTED.code, message: problem)
  }
}

/// The status of a call that no handler sees.
struct Refusal {
  var code: Int32
  var message: String
  var metadata: [MetadataField] = []
}
