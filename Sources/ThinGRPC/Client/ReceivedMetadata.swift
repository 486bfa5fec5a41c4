internal import GRPCRuntime
internal import ThinGRPCGuarding

/// The metadata that a server sent with its response, taken down for the caller.
///
/// Give a fresh one to each call. The initial metadata is there with the first message, or as soon as it arrives where that is asked
/// for; the trailing metadata is there after the end, whether the call succeeded or failed.
public final class ReceivedMetadata: Sendable {
  private let state = Guarded((initial: Metadata(), trailing: Metadata(), attemptCount: 0))

  private let onInitial: (@Sendable (Metadata) -> Void)?

  /// Makes one that is empty.
  ///
  /// - Parameter onInitial: has the initial metadata taken down as soon as it arrives, which can be long before the first message,
  ///   and is called with it then, once; not where the call ends with no more than a status. It runs on the thread that has the
  ///   channel's events, so it must not block. In a call that a policy makes several times at once it is called with the first
  ///   message.
  public init(onInitial: (@Sendable (Metadata) -> Void)? = nil) {
    self.onInitial = onInitial
  }

  /// What the server sent before its first message; empty until that has arrived.
  public var initial: Metadata { state.withLock { $0.initial } }

  /// What the server sent after its last message; empty until the call has ended.
  public var trailing: Metadata { state.withLock { $0.trailing } }

  /// How many attempts the call took, where a policy of the service config has it made again or several times at once; 1 where it was
  /// made once. Zero until something has come from the server. A call that was not processed is not counted.
  public var attemptCount: Int { state.withLock { $0.attemptCount } }

  func takeDownInitial(of call: ClientCall) {
    let metadata = Metadata(call.receivedInitialMetadata)
    let attemptCount = call.parameters.previousAttempts + 1
    state.withLock { state in
      state.initial = metadata
      state.attemptCount = max(state.attemptCount, attemptCount)
    }
  }

  /// What is done as soon as the initial metadata arrives; nil where nothing is.
  var onArrival: (@Sendable (ClientCall) -> Void)? {
    guard let onInitial else { return nil }
    return { call in
      self.takeDownInitial(of: call)
      onInitial(self.initial)
    }
  }

  /// Notes that a call was made several times.
  func takeDown(attemptCount: Int) { state.withLock { $0.attemptCount = attemptCount } }

  func takeDownTrailing(of call: ClientCall) {
    let metadata = Metadata(call.receivedTrailingMetadata)
    state.withLock { $0.trailing = metadata }
  }
}
