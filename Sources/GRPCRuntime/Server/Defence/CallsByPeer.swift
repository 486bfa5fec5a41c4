internal import ThinGRPCGuarding

/// The handlers that run for each client, once a server has so many that one client may have too many.
///
/// The core holds clients to the limit of their connection only once they have acknowledged its settings, which a hostile one never does.
final class CallsByPeer: Sendable {
  private struct State {
    var byConnection: [PeerAddress: Int] = [:]
    var byNetwork: [PeerAddress: Int] = [:]
  }

  private let state = Guarded(State())
  private let limits: CallLimits

  init(limits: CallLimits) {
    self.limits = limits
  }

  /// Counts a call of `peer` whose handler is about to begin; where there is no room for it, returns why.
  func begin(_ peer: PeerAddress) -> String? {
    state.withLock { state in
      let network = peer.network
      let ofConnection = state.byConnection[peer, default: 0]
      if ofConnection >= limits.maxCallsPerConnection {
        return "The connection has \(ofConnection) calls in progress"
      }
      let ofNetwork = state.byNetwork[network, default: 0]
      if ofNetwork >= limits.maxCallsPerAddress { return "The client has \(ofNetwork) calls in progress" }
      state.byConnection[peer] = ofConnection + 1
      state.byNetwork[network] = ofNetwork + 1
      return nil
    }
  }

  /// Ends what `begin` has counted.
  func end(_ peer: PeerAddress) {
    state.withLock { state in
      state.byConnection.subtractOne(peer)
      state.byNetwork.subtractOne(peer.network)
    }
  }
}

extension [PeerAddress: Int] {
  fileprivate mutating func subtractOne(_ key: PeerAddress) {
    guard let count = self[key] else { return }
    self[key] = count > 1 ? count - 1 : nil
  }
}
