internal import ThinGRPCGuarding

/// The open calls of a channel, so that its shutdown can wait for them or cancel them.
final class OpenCalls: Sendable {
  fileprivate struct State {
    /// The calls by their place; a place in `free` is empty.
    var places: [ClientCall?] = []
    var free: [Int] = []
    var isClosed = false
    var drained: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Guarded(State())

  /// Takes a call in and returns its place; nil once the channel is shut down.
  func insert(_ call: ClientCall) -> Int? {
    state.withLock { state in
      if state.isClosed { return nil }
      guard let place = state.free.popLast() else {
        state.places.append(call)
        return state.places.count - 1
      }
      state.places[place] = call
      return place
    }
  }

  func remove(at place: Int) {
    let (call, drained) = state.withLock { state in
      let call = state.places[place].take()
      state.free.append(place)
      return (call, state.isClosed ? state.takeContinuationsIfDrained() : [])
    }
    // Both outside the lock: the call may be the last owner of much.
    for continuation in drained { continuation.resume() }
    withExtendedLifetime(call) {}
  }

  var all: [ClientCall] {
    state.withLock { $0.places.compactMap { $0 } }
  }

  /// Refuses calls from now on.
  func close() {
    state.withLock { $0.isClosed = true }
  }

  /// Returns when there are no calls. After `close`.
  func drain() async {
    await withCheckedContinuation { continuation in
      let drained = state.withLock { state in
        state.drained.append(continuation)
        return state.takeContinuationsIfDrained()
      }
      for continuation in drained { continuation.resume() }
    }
  }
}

extension OpenCalls.State {
  fileprivate mutating func takeContinuationsIfDrained() -> [CheckedContinuation<Void, Never>] {
    guard free.count == places.count else { return [] }
    defer { drained = [] }
    return drained
  }
}
