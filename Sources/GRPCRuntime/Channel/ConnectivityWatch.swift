internal import CGRPCShim
internal import Synchronization
internal import ThinGRPCGuarding

/// How it stands with the connections of a channel.
package enum Connectivity: Int32, Sendable {
  case idle, connecting, ready, transientFailure, shutdown

  init(_ state: grpc_connectivity_state) {
    self = Connectivity(rawValue: Int32(state.rawValue)) ?? .shutdown
  }
}

/// Tells of the states of a channel for as long as somebody wants to know (`grpc_channel_watch_connectivity_state`).
///
/// A watch cannot be taken back, and keeps its queue from ending: so each is for a second, and while nobody looks there is none.
@safe final class ConnectivityWatch: Completion, @unchecked Sendable {
  // Sendable: everything is behind the lock, in which the channel is used too: it is destroyed after `end`.
  private struct State {
    var isOver = false
    var isWatching = false
    var last: Connectivity?
    var observers: [Int: @Sendable (Connectivity?) -> Void] = [:]
    var nextObserver = 0
  }

  private let state = Guarded(State())
  private let channel: OpaquePointer
  private let queue: CompletionQueue

  private static let longestWatch: Int64 = 1_000_000_000

  init(channel: OpaquePointer, queue: CompletionQueue) {
    unsafe self.channel = channel
    self.queue = queue
  }

  /// The state now; `shutdown` after the end.
  ///
  /// - Parameter connects: whether a channel that is idle is to connect.
  func now(connects: Bool) -> Connectivity {
    state.withLock { state in
      if state.isOver { return .shutdown }
      return unsafe Connectivity(grpc_channel_check_connectivity_state(channel, connects ? 1 : 0))
    }
  }

  /// Has `observer` called with the state now, with each that follows, and with nil after the last; a number to take that back with.
  func observe(_ observer: @escaping @Sendable (Connectivity?) -> Void) -> Int {
    let (number, current): (Int, Connectivity) = state.withLock { state in
      if state.isOver { return (-1, .shutdown) }
      let number = state.nextObserver
      state.nextObserver += 1
      state.observers[number] = observer
      let current = unsafe Connectivity(grpc_channel_check_connectivity_state(channel, 0))
      if !state.isWatching {
        state.isWatching = true
        watch(&state, from: current)
      }
      // In the lock, so that none that follows comes before it.
      observer(current)
      return (number, current)
    }
    if number < 0 {
      observer(current)
      observer(nil)
    }
    return number
  }

  func stopObserving(_ number: Int) {
    // What the observer holds is let go outside the lock.
    let observer = state.withLock { $0.observers.removeValue(forKey: number) }
    withExtendedLifetime(observer) {}
  }

  /// Tells the observers of the end. After this the channel may be destroyed.
  func end() {
    let observers = state.withLock { state in
      state.isOver = true
      defer { state.observers = [:] }
      return state.observers.values.map { $0 }
    }
    for observer in observers {
      observer(.shutdown)
      observer(nil)
    }
  }

  private func watch(_ state: inout State, from current: Connectivity) {
    state.last = current
    begin(keeping: self)
    unsafe grpc_channel_watch_connectivity_state(
      channel, grpc_connectivity_state(UInt32(current.rawValue)),
      MonotonicInstant.now.advanced(byNanoseconds: Self.longestWatch).coreTime,
      queue.loop.queue.pointer, tag)
  }

  override func complete(_ succeeded: Bool, of owner: Completion) {
    state.withLock { state in
      if state.isOver || state.observers.isEmpty {
        state.isWatching = false
        return
      }
      let current = unsafe Connectivity(grpc_channel_check_connectivity_state(channel, 0))
      if current != state.last { for observer in state.observers.values { observer(current) } }
      watch(&state, from: current)
    }
  }
}
