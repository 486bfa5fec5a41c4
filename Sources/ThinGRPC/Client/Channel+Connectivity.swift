internal import GRPCRuntime

/// How it stands with the connections of a channel, as gRPC has it.
public enum ConnectivityState: Hashable, Sendable {
  /// Nothing is connected, and nothing is tried: the channel waits for a call.
  case idle
  /// A connection is being made.
  case connecting
  /// Calls can be made.
  case ready
  /// No connection could be made, or none is healthy; it is tried again after a wait.
  case transientFailure
  /// The channel was shut down.
  case shutdown

  init(_ connectivity: Connectivity) {
    self =
      switch connectivity {
      case .idle: .idle
      case .connecting: .connecting
      case .ready: .ready
      case .transientFailure: .transientFailure
      case .shutdown: .shutdown
      }
  }
}

extension Channel {
  /// How it stands with the channel's connections: the state now, then each that follows.
  ///
  /// A state that was over before the next was asked for is left out. After `shutdown` the sequence ends, and with the cancellation of
  /// the task that reads it. Each sequence is one of its own, and has nothing connect; it does not hold the channel.
  public var connectivity: AsyncStream<ConnectivityState> {
    let (states, continuation) = AsyncStream.makeStream(
      of: ConnectivityState.self, bufferingPolicy: .bufferingNewest(1))
    let stopObserving = handle.observeConnectivity { state in
      if let state { continuation.yield(ConnectivityState(state)) } else { continuation.finish() }
    }
    continuation.onTermination = { _ in stopObserving() }
    return states
  }

  /// Connects, and returns when calls can be made.
  ///
  /// Calls connect by themselves; this is for whoever wants to know before. Attempts that fail are followed by others after a wait, as
  /// ``ChannelConfiguration`` has it.
  ///
  /// - Parameter deadline: when it is given up; after the channel's default timeout where nothing is said.
  /// - Throws: `RPCError` with `deadlineExceeded` and the last state; `unavailable` if the channel is shut down; `cancelled` if the
  ///   task is cancelled.
  public func connect(deadline: CallDeadline = .channelDefault) async throws(RPCError) {
    let end = try deadline.instant(defaultTimeout: defaultTimeout)
    let last = await withTaskGroup(of: ConnectivityState?.self) { group in
      group.addTask { await self.connected() }
      if end != .distantFuture {
        group.addTask {
          _ = await Attempts.pass(end.nanoseconds - MonotonicInstant.now.nanoseconds)
          return nil
        }
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
    if last == .ready { return }
    if Task.isCancelled { throw RPCError(.cancelled, "The task that connects was cancelled") }
    if last == .shutdown { throw RPCError(.unavailable, "The channel is shut down") }
    let state = ConnectivityState(handle.connectivity(connects: false))
    throw RPCError(
      .deadlineExceeded, "The deadline passed before there was a connection: the channel is \(state)")
  }

  /// Waits for the state in which calls can be made, or for the last.
  private func connected() async -> ConnectivityState? {
    for await state in connectivity {
      if state == .ready || state == .shutdown { return state }
      // Also after a connection that was lost again.
      if state == .idle { _ = handle.connectivity(connects: true) }
    }
    return nil
  }
}
