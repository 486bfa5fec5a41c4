internal import CGRPCShim

extension ClientCall {
  /// Whether another call may take the place of one that has ended: it was not processed, or a policy says so.
  package var mayHaveSuccessor: Bool { unprocessed != nil || isRetryable }

  /// Whether the call has ended with a status after which a policy has another made, before anything else came from the server.
  ///
  /// Statuses of the server's count if they came alone. Those that the core makes up itself count if they tell of a connection that
  /// was lost or not had: it makes them up of this side's doings too, such as a message that is too large.
  package var isRetryable: Bool {
    guard parameters.retryableCodes.contains(unsafe slots.pointee.status.code) else { return false }
    if unsafe thin_call_is_trailers_only(slots.pointee.call!) { return true }
    return unsafe slots.pointee.status == GRPC_STATUS_UNAVAILABLE && hasNeverLeft
  }

  /// Whether there was no connection that the call could have gone out on. The core then has a status of its own in place of one
  /// that it received, or made up as if it had.
  private var hasNeverLeft: Bool {
    guard let description = errorDescription else { return false }
    return !description.contains("Error received from peer")
  }

  /// The metadata with the number of attempts before.
  var metadataOfLaterAttempt: [MetadataField] {
    let count = MetadataField(
      key: "grpc-previous-rpc-attempts", value: .text("\(parameters.previousAttempts)"))
    return parameters.metadata + [count]
  }

  /// What the server says of when the call may be made again, in milliseconds, negative for never; nil if it says nothing.
  package var retryPushback: Int64? {
    for field in receivedTrailingMetadata where field.key == MetadataField.retryPushbackKey {
      guard case .text(let text) = field.value, let milliseconds = Int64(text) else { return -1 }
      return milliseconds
    }
    return nil
  }

  /// Has `throttle` count how the call ended.
  func count(in throttle: RetryThrottle) {
    let code = unsafe slots.pointee.status.code
    if code == GRPC_STATUS_OK.code { return throttle.recordSuccess() }
    // Whatever the status: a server that wants no more has too much to do.
    let isUnwelcome = retryPushback.map { $0 < 0 } ?? false
    guard isUnwelcome || parameters.retryableCodes.contains(code), unprocessed == nil else { return }
    throttle.recordFailure()
  }
}
