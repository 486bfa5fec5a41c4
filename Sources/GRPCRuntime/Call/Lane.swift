internal import CGRPCShim
internal import Synchronization

/// How an operation ended, for the task that waited.
package enum Outcome: Sendable {
  case succeeded
  /// The call has ended, or the operation has become pointless: the call's status says why.
  case failed
  /// The waiting task was cancelled; the operation goes on.
  case interrupted
}

/// One of a call's lanes: the core allows one outstanding operation of each kind, so each lane has one operation at a time
/// and one task that waits for it. Reused from operation to operation.
@safe package class Lane: Completion, @unchecked Sendable {
  // Sendable: `state` orders every access to `waiter` and `succeeded`, and with them to what the core has written: the
  // event's thread releases, the waiter acquires.

  private enum State {
    static let idle: UInt8 = 0
    /// Started; nobody waits.
    static let inFlight: UInt8 = 1
    /// Started; `waiter` is to be resumed.
    static let waiting: UInt8 = 2
    /// Ended; nobody has taken the outcome yet.
    static let ended: UInt8 = 3
  }

  private let state = Atomic<UInt8>(State.idle)
  private var waiter: UnsafeContinuation<Outcome, Never>?
  private var succeeded = false

  /// Marks an operation as started.
  final func begin() {
    precondition(
      state.load(ordering: .acquiring) == State.idle, "Two operations of one kind are outstanding on a call")
    state.store(State.inFlight, ordering: .releasing)
  }

  /// Whether an operation has begun whose outcome nobody has taken yet.
  final var isOccupied: Bool { state.load(ordering: .acquiring) != State.idle }

  override func complete(_ succeeded: Bool, of owner: Completion) {
    self.succeeded = succeeded
    if state.exchange(State.ended, ordering: .acquiringAndReleasing) == State.waiting {
      let waiter = unsafe self.waiter.take()
      state.store(State.idle, ordering: .releasing)
      unsafe waiter?.resume(returning: succeeded ? .succeeded : .failed)
    }
  }

  /// Waits for the operation that has begun. One task at a time.
  ///
  /// A cancelled task cancels `call`, or, if its tasks do not do that, ends the wait alone: a later call of this function
  /// can wait for the same operation.
  final func outcome(in call: CallHandle) async -> Outcome {
    if let outcome = takeOutcome() { return outcome }
    return await withTaskCancellationHandler {
      // Here and not in a function: each asynchronous function costs a frame, and a look for the task's executor.
      unsafe await withUnsafeContinuation(isolation: nil) { continuation in
        unsafe wait(with: continuation, isInterruptible: !call.isCancelledByWaiters)
      }
    } onCancel: {
      if call.isCancelledByWaiters {
        call.cancelByWaiter()
      } else {
        interrupt()
      }
    }
  }

  /// Waits for the operation that has begun, whether the waiting task is cancelled or not.
  final func uninterruptedOutcome() async -> Outcome {
    if let outcome = takeOutcome() { return outcome }
    return unsafe await withUnsafeContinuation { continuation in
      unsafe wait(with: continuation, isInterruptible: false)
    }
  }

  /// The outcome of an operation that has ended; nil while it goes on.
  final func takeOutcome() -> Outcome? {
    guard state.load(ordering: .acquiring) == State.ended else { return nil }
    let outcome: Outcome = succeeded ? .succeeded : .failed
    state.store(State.idle, ordering: .releasing)
    return outcome
  }

  private func wait(with continuation: UnsafeContinuation<Outcome, Never>, isInterruptible: Bool) {
    unsafe waiter = unsafe continuation
    let (exchanged, _) = state.compareExchange(
      expected: State.inFlight, desired: State.waiting, ordering: .acquiringAndReleasing)
    if !exchanged {
      unsafe waiter = nil
      unsafe continuation.resume(returning: takeOutcome() ?? .failed)
    } else if isInterruptible, Task.isCancelled {
      // The cancellation may have come before there was a waiter to interrupt.
      interrupt()
    }
  }

  private func interrupt() {
    let (exchanged, _) = state.compareExchange(
      expected: State.waiting, desired: State.inFlight, ordering: .acquiringAndReleasing)
    guard exchanged else { return }
    let waiter = unsafe self.waiter.take()
    unsafe waiter?.resume(returning: .interrupted)
  }
}
