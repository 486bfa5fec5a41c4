internal import CGRPCShim
internal import ThinGRPCGuarding

/// Jobs and events from other threads for an event loop, and the means to wake it.
///
/// An empty batch completes at once, on any call: its event, whose tag is nil, wakes the queue. The call that it is
/// started on belongs to a channel that leads nowhere.
@safe final class Mailbox: Sendable {
  @safe private struct State: @unchecked Sendable {
    // Sendable: behind the lock that holds it.
    var jobs: [UnownedJob] = []
    var events: [Event] = []
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
      state.jobs.append(job)
      if wake(state) { return true }
      state.jobs.removeLast()
      return false
    }
  }

  /// Adds an event that another thread has taken, and wakes the loop. Its operation keeps the loop going.
  func post(_ event: Event) {
    state.withLock { state in
      state.events.append(event)
      precondition(wake(state), "An event came to a loop that has ended")
    }
  }

  /// Wakes the loop with the first that has come; false if the mailbox is closed.
  private func wake(_ state: borrowing State) -> Bool {
    guard let wakeCall = unsafe state.wakeCall else { return false }
    if state.jobs.count + state.events.count == 1 {
      // Inside the lock: no batch may start on a queue that is being shut down.
      let error = unsafe grpc_call_start_batch(wakeCall, nil, 0, nil, nil)
      precondition(error == GRPC_CALL_OK, "The core refused an empty batch (\(error.rawValue))")
    }
    return true
  }

  func takeAll(into ready: inout [UnownedJob], _ events: inout [Event]) {
    state.withLock { state in
      ready.append(contentsOf: state.jobs)
      state.jobs.removeAll(keepingCapacity: true)
      events.append(contentsOf: state.events)
      state.events.removeAll(keepingCapacity: true)
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
