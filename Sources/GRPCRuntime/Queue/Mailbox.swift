internal import CGRPCShim
internal import ThinGRPCGuarding

/// Jobs from other threads for an event loop, and the means to wake it.
///
/// An empty batch completes at once, on any call: its event, whose tag is nil, wakes the queue. The call that it is
/// started on belongs to a channel that leads nowhere.
@safe final class Mailbox: Sendable {
  @safe private struct State: @unchecked Sendable {
    // Sendable: behind the lock that holds it.
    var jobs: [UnownedJob] = []
    /// Nil once the mailbox is closed.
    var wakeCall: OpaquePointer?
  }

  private let state: Guarded<State>

  init(waking queue: OpaquePointer) {
    let channel = unsafe grpc_lame_client_channel_create("wake", GRPC_STATUS_UNAVAILABLE, "wake")
    defer { unsafe grpc_channel_destroy(channel) }
    let method = Slice(copying: "/wake")
    unsafe state = Guarded(
      State(
        wakeCall: grpc_channel_create_call(
          channel, nil, 0, queue, method.borrowed, nil, gpr_inf_future(GPR_CLOCK_REALTIME), nil)))
  }

  /// Adds a job and wakes the loop; false if the mailbox is closed.
  func post(_ job: UnownedJob) -> Bool {
    state.withLock { state in
      guard let wakeCall = unsafe state.wakeCall else { return false }
      state.jobs.append(job)
      if state.jobs.count == 1 {
        // Inside the lock: no batch may start on a queue that is being shut down.
        let error = unsafe grpc_call_start_batch(wakeCall, nil, 0, nil, nil)
        precondition(error == GRPC_CALL_OK, "The core refused an empty batch (\(error.rawValue))")
      }
      return true
    }
  }

  func takeAll(into ready: inout [UnownedJob]) {
    state.withLock { state in
      ready.append(contentsOf: state.jobs)
      state.jobs.removeAll(keepingCapacity: true)
    }
  }

  func close() {
    let call = unsafe state.withLock { state in
      defer { unsafe state.wakeCall = nil }
      return unsafe state.wakeCall
    }
    if let call = unsafe call { unsafe grpc_call_unref(call) }
  }
}
