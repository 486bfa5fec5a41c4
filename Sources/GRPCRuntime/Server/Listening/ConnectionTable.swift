internal import ThinGRPCGuarding

/// The connections that the servers of this process have accepted.
///
/// The descriptors are the core's, which closes them when it likes. A connection is taken out when the core ends it (`shutdown`, which is
/// ours), and else when its descriptor turns up again, or where somebody looks.
final class ConnectionTable: Sendable {
  fileprivate struct State {
    var sockets: [Int32: AcceptedSocket] = [:]
  }

  static let shared = ConnectionTable()

  private let state = Guarded(State())

  /// Takes a connection in that was accepted just now.
  ///
  /// - Parameter count: what counts the connections of its server, where there is a limit to them.
  /// - Returns: whether the limits allow the connection; why not, otherwise.
  func add(_ descriptor: Int32, to count: ConnectionCount?) -> ConnectionCount.Limit? {
    guard let socket = AcceptedSocket(descriptor, count: count) else { return nil }
    return state.withLock { state in
      state.remove(descriptor)
      if let count, let limit = count.limitReached(by: socket.peer) {
        // Some may be closed by now. Not with each refusal: it takes a system call for every connection.
        guard count.mayLookForClosed() else { return limit }
        state.removeClosed()
        if let limit = count.limitReached(by: socket.peer) { return limit }
      }
      count?.didOpen(socket.peer)
      state.sockets[descriptor] = socket
      return nil
    }
  }

  /// Takes out a connection that the core is about to close; false if `descriptor` is none, or was to be reset.
  func willEnd(_ descriptor: Int32) -> Bool {
    state.withLock { state in
      guard state.sockets[descriptor]?.isOpen == true else { return false }
      state.remove(descriptor)
      return true
    }
  }

  /// Looks at all connections, and returns how many bytes the core has read from them since the last look.
  func look() -> UInt64 {
    state.withLock { state in
      var byteCount: UInt64 = 0
      for descriptor in Array(state.sockets.keys) {
        let before = state.sockets[descriptor]?.readByteCount ?? 0
        if state.sockets[descriptor]?.look() == true {
          let now = state.sockets[descriptor]!.readByteCount
          byteCount += now - min(before, now)
        } else {
          state.remove(descriptor)
        }
      }
      return byteCount
    }
  }

  /// Resets the connection that has sent the most to which there was nothing to answer, as of the last look, if that is at least
  /// `leastByteCount`.
  ///
  /// - Returns: how many bytes that were.
  func resetMostSilent(from leastByteCount: UInt64) -> UInt64? {
    state.withLock { state in
      guard let socket = state.sockets.values.max(by: { $0.silentByteCount < $1.silentByteCount }),
        socket.silentByteCount >= leastByteCount, socket.isOpen
      else { return nil }
      state.remove(socket.descriptor)
      socket.reset()
      return socket.silentByteCount
    }
  }

  /// Resets the connection of a client; false if it is not open any more.
  func reset(_ peer: PeerAddress) -> Bool {
    state.withLock { state in
      guard let socket = state.sockets.values.first(where: { $0.peer == peer }), socket.isOpen else {
        return false
      }
      state.remove(socket.descriptor)
      socket.reset()
      return true
    }
  }
}

extension ConnectionTable.State {
  fileprivate mutating func remove(_ descriptor: Int32) {
    guard let socket = sockets.removeValue(forKey: descriptor) else { return }
    socket.count?.didClose(socket.peer)
  }

  fileprivate mutating func removeClosed() {
    for socket in Array(sockets.values) where !socket.isOpen { remove(socket.descriptor) }
  }
}
