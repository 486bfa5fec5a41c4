internal import CGRPCShim
internal import Dispatch
internal import ThinGRPCGuarding

/// The calls of a server whose only request is still on its way: none takes longer than the limit.
///
/// Only what is not there at once comes here, so a call whose request came along with it costs nothing.
final class ArrivingRequests: Sendable {
  private struct State {
    var calls: [ObjectIdentifier: (call: ServerCall, deadline: MonotonicInstant)] = [:]
    var isLooking = false
  }

  private let state = Guarded(State())
  private let limit: Duration
  private let waiting: WaitingCalls

  init(limit: Duration, waiting: WaitingCalls) {
    self.limit = limit
    self.waiting = waiting
  }

  /// Cancels `call` when the limit has passed, unless it is removed before. The time of a call that is here already goes on.
  ///
  /// - Returns: whether there is room for it.
  func add(_ call: ServerCall) -> Bool {
    let deadline = MonotonicInstant.now.advanced(byNanoseconds: limit.clampedNanoseconds)
    let isFirst: Bool? = state.withLock { state in
      if state.calls[ObjectIdentifier(call)] == nil {
        guard waiting.begin() else { return nil }
        state.calls[ObjectIdentifier(call)] = (call, deadline)
      }
      defer { state.isLooking = true }
      return !state.isLooking
    }
    guard let isFirst else { return false }
    if isFirst { lookLater() }
    return true
  }

  func remove(_ call: ServerCall) {
    state.withLock { state in
      if state.calls.removeValue(forKey: ObjectIdentifier(call)) != nil { waiting.end() }
    }
  }

  /// Looks a few times within the limit, and once a second where that is long.
  private func lookLater() {
    let nanoseconds = min(max(limit.clampedNanoseconds / 4, 1_000_000), 1_000_000_000)
    DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(Int(nanoseconds))) { self.look() }
  }

  private func look() {
    let now = MonotonicInstant.now
    let late = state.withLock { state in
      let late = state.calls.filter { $0.value.deadline <= now }
      for key in late.keys {
        state.calls[key] = nil
        waiting.end()
      }
      state.isLooking = !state.calls.isEmpty
      if state.isLooking { lookLater() }
      return late
    }
    for (call, _) in late.values {
      call.cancel(
        code: GRPC_STATUS_DEADLINE_EXCEEDED.code, message: "The request did not arrive within \(limit)")
    }
  }
}
