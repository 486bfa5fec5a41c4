internal import Synchronization
internal import ThinGRPCGuarding

/// Sees to clients that cancel calls as fast as they make them (CVE-2023-44487): no limit of open calls bounds those.
///
/// A call that is not cancelled costs the look at one flag. While many are, each call is asked before its handler whether it is
/// over already; and a connection that cancels more than the limit in a second is reset.
final class ResetWatch: Sendable {
  private struct State {
    var turnBegin: Int64 = 0
    var countInTurn = 0
    var byPeer: [PeerAddress: Int] = [:]
  }

  private let state = Guarded(State())
  private let isAlert = Atomic<Bool>(false)
  private let limit: Int

  private static let turn: Int64 = 1_000_000_000
  /// So many cancelled calls in a second have the others asked.
  private static let alertCount = 10

  init(limit: Int) {
    self.limit = limit
  }

  /// Whether calls are cancelled so often that it is worth asking each whether it is.
  var isOnAlert: Bool { isAlert.load(ordering: .relaxed) && !isOver() }

  /// Ends the alert two seconds after the last call was cancelled.
  private func isOver() -> Bool {
    state.withLock { state in
      let isOver = MonotonicInstant.coarseNow.nanoseconds - state.turnBegin > 2 * Self.turn
      if isOver { isAlert.store(false, ordering: .relaxed) }
      return isOver
    }
  }

  /// Counts a call that its client cancelled.
  ///
  /// - Parameter peer: whose it was, as far as that is known: while the watch is on alert.
  func count(_ peer: PeerAddress?) {
    let isTooMuch = state.withLock { state in
      let now = MonotonicInstant.coarseNow.nanoseconds
      if now - state.turnBegin >= Self.turn {
        state.turnBegin = now
        state.countInTurn = 0
        state.byPeer.removeAll(keepingCapacity: true)
      }
      state.countInTurn += 1
      if state.countInTurn == Self.alertCount { isAlert.store(true, ordering: .relaxed) }
      guard let peer else { return false }
      state.byPeer[peer, default: 0] += 1
      return state.byPeer[peer]! > limit
    }
    guard isTooMuch, let peer, ConnectionTable.shared.reset(peer) else { return }
    Notices.post(
      .warning,
      "A client was disconnected: it has cancelled more than \(limit) calls within a second (\(peer))")
  }
}
