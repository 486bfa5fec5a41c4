internal import ThinGRPCGuarding

/// How many connections a server has open, and each address of them, where there are limits to that.
final class ConnectionCount: Sendable {
  /// A limit that is reached.
  enum Limit {
    case ofAll
    case ofAddress
  }

  private struct State {
    var total = 0
    var byNetwork: [PeerAddress: Int] = [:]
    var lastLook = MonotonicInstant(nanoseconds: 0)
    var lastNotice = MonotonicInstant(nanoseconds: 0)
    var refusedCount = 0
  }

  private let state = Guarded(State())
  private let most: Int
  private let mostOfAddress: Int

  private static let nanosecondsBetweenLooks: Int64 = 100_000_000
  private static let nanosecondsBetweenNotices: Int64 = 10_000_000_000

  /// - Parameters: the most connections; nil for any number. Nil if there is no limit at all.
  init?(most: Int?, mostOfAddress: Int?) {
    if most == nil, mostOfAddress == nil { return nil }
    self.most = most ?? .max
    self.mostOfAddress = mostOfAddress ?? .max
  }

  /// The limit that keeps another connection out; nil where there is room. Connections of unix sockets have no address.
  func limitReached(by peer: PeerAddress?) -> Limit? {
    state.withLock { state in
      if state.total >= most { return .ofAll }
      guard let peer else { return nil }
      return state.byNetwork[peer.network, default: 0] >= mostOfAddress ? .ofAddress : nil
    }
  }

  func didOpen(_ peer: PeerAddress?) {
    state.withLock { state in
      state.total += 1
      if let peer { state.byNetwork[peer.network, default: 0] += 1 }
    }
  }

  func didClose(_ peer: PeerAddress?) {
    state.withLock { state in
      state.total -= 1
      guard let network = peer?.network, let count = state.byNetwork[network] else { return }
      state.byNetwork[network] = count > 1 ? count - 1 : nil
    }
  }

  /// Whether it is time to see again which connections are closed.
  func mayLookForClosed() -> Bool {
    state.withLock { state in
      let now = MonotonicInstant.now
      guard now.nanoseconds - state.lastLook.nanoseconds >= Self.nanosecondsBetweenLooks else { return false }
      state.lastLook = now
      return true
    }
  }

  /// Says that a connection was refused; not each time.
  func didRefuse(_ peer: PeerAddress?, by limit: Limit) {
    let refusedCount: Int? = state.withLock { state in
      state.refusedCount += 1
      let now = MonotonicInstant.now
      guard now.nanoseconds - state.lastNotice.nanoseconds >= Self.nanosecondsBetweenNotices else {
        return nil
      }
      state.lastNotice = now
      defer { state.refusedCount = 0 }
      return state.refusedCount
    }
    guard let refusedCount else { return }
    let reason =
      switch limit {
      case .ofAll: "the server has \(most) open"
      case .ofAddress: "\(peer?.network.description ?? "an address") has \(mostOfAddress) open"
      }
    Notices.post(.warning, "Connections are refused: \(reason); \(refusedCount) since this was said last")
  }
}
