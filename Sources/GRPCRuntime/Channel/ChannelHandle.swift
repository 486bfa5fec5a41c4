internal import CGRPCShim
internal import Synchronization

/// A `grpc_channel`, the queues that have its calls' events, and the calls that are open on it.
@safe package final class ChannelHandle: Sendable {
  // Sendable: the core's channels may be used from any thread.
  nonisolated(unsafe) let pointer: OpaquePointer
  private let queues: [CompletionQueue]
  private let nextQueue = Atomic<Int>(0)
  let openCalls = OpenCalls()
  /// Why the core could not make the channel; nil where it could. It then has one on which every call fails.
  package let problem: String?
  let surplusWatch = SurplusWatch()
  private let connectivityWatch: ConnectivityWatch

  /// - Parameter target: a target URI as the core takes it, such as `dns:///localhost:50051` (`grpc_channel_create`).
  package init(
    target: String, credentials: borrowing ChannelCredentialsHandle, arguments: ChannelArguments,
    queues: [CompletionQueue]
  ) {
    self.queues = queues
    let credentialsPointer = unsafe credentials.pointer
    let (pointer, problem) = unsafe CoreLog.capturingError {
      unsafe arguments.withCoreArguments {
        unsafe grpc_channel_create(target, credentialsPointer, $0)
      }
    }
    unsafe self.pointer = unsafe pointer!
    connectivityWatch = unsafe ConnectivityWatch(channel: pointer!, queue: queues[0])
    // A channel that can connect is idle at first.
    let isLame = unsafe grpc_channel_check_connectivity_state(pointer, 0) == GRPC_CHANNEL_TRANSIENT_FAILURE
    self.problem = isLame ? problem : nil
  }

  deinit {
    connectivityWatch.end()
    unsafe grpc_channel_destroy(pointer)
  }

  /// The queue for a new call: the caller's own where it runs on one, otherwise each in turn.
  func queueForCall() -> CompletionQueue {
    if queues.count == 1 { return queues[0] }
    if let current = queues.first(where: \.isCurrent) { return current }
    let index = nextQueue.wrappingAdd(1, ordering: .relaxed).newValue
    return queues[Int(UInt(bitPattern: index) % UInt(queues.count))]
  }

  /// Refuses new calls.
  package func close() {
    openCalls.close()
    connectivityWatch.end()
  }

  /// The state of the channel's connections.
  ///
  /// - Parameter connects: whether a channel that is idle is to connect.
  package func connectivity(connects: Bool) -> Connectivity { connectivityWatch.now(connects: connects) }

  /// Has `observer` called with the state now, with each that follows, and with nil after the last.
  ///
  /// - Returns: what takes that back.
  package func observeConnectivity(
    _ observer: @escaping @Sendable (Connectivity?) -> Void
  ) -> @Sendable () -> Void {
    let watch = connectivityWatch
    let number = watch.observe(observer)
    return { watch.stopObserving(number) }
  }

  /// Returns when the open calls have ended. After `close`.
  package func drain() async { await openCalls.drain() }

  /// Cancels every open call.
  package func cancelOpenCalls() {
    for call in openCalls.all {
      call.cancel(code: GRPC_STATUS_CANCELLED.code, message: "The channel was shut down")
    }
  }

  /// How many calls have begun and not ended.
  package var openCallCount: Int { openCalls.all.count }
}
