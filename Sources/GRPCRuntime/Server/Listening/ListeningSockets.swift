internal import CGRPCShim
internal import Dispatch
internal import Glibc
internal import ThinGRPCGuarding

/// The sockets on which the servers of this process listen, and how it stands with descriptors for their connections.
enum ListeningSockets {
  private struct State {
    var sockets: Set<Int32> = []
    /// Connections that were closed since there were descriptors for all.
    var refusedCount = 0
    /// Whether a connection was refused, or could not be accepted, since the last look.
    var isShort = false
    /// Whether connections may wait that the core does not know of.
    var someWait = false
    var isLooking = false
  }

  private static let state = Guarded(State())

  /// How long it takes at most until a shortage is seen to be over.
  private static let timeBetweenLooks = DispatchTimeInterval.milliseconds(500)

  static func contains(_ socket: Int32) -> Bool {
    state.withLock { $0.sockets.contains(socket) }
  }

  /// Runs `body`, and returns its result with the listening sockets that it has made, which are known as such from now on.
  static func adding<Result>(_ body: () -> Result) -> (Result, Set<Int32>) {
    let before = all()
    let result = body()
    let added = all().subtracting(before)
    state.withLock { $0.sockets.formUnion(added) }
    return (result, added)
  }

  /// Forgets sockets that are about to be closed.
  static func remove(_ sockets: Set<Int32>) {
    state.withLock { $0.sockets.subtract(sockets) }
  }

  /// The listening sockets of the process, whoever has them.
  private static func all() -> Set<Int32> {
    Set(
      OpenFileLimit.openDescriptors().filter { descriptor in
        var isListening: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return unsafe getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &length) == 0
          && isListening != 0
      })
  }

  // MARK: Shortage

  /// Says that a connection was closed because there were too few descriptors.
  static func didRefuse() {
    note { $0.refusedCount += 1 }
  }

  /// Says that a listener could not accept for want of descriptors or memory: its connections wait, unknown to the core.
  static func cannotAccept() {
    note { $0.someWait = true }
  }

  private static func note(_ change: (inout State) -> Void) {
    let isFirst = state.withLock { state in
      change(&state)
      state.isShort = true
      defer { state.isLooking = true }
      return !state.isLooking
    }
    guard isFirst else { return }
    Notices.post(
      .warning,
      "Connections are refused: the process may have \(OpenFileLimit.current) descriptors open, and has too few left"
    )
    lookLater()
  }

  private static func lookLater() {
    DispatchQueue.global().asyncAfter(deadline: .now() + timeBetweenLooks) { look() }
  }

  /// Sees whether the shortage is over. There is one look at a time, and none where there was no shortage.
  private static func look() {
    let isOver =
      OpenFileLimit.hasRoom
      && state.withLock { state in
        defer { state.isShort = false }
        return !state.isShort || state.someWait
      }
    guard isOver else { return lookLater() }
    refuseWaiting()
    let refused = state.withLock { state in
      defer { state.refusedCount = 0 }
      state.isLooking = false
      return state.refusedCount
    }
    Notices.post(.warning, "Connections are accepted again; \(refused) were refused")
  }

  /// Closes the connections that wait unknown to the core, which else would wait until the next one comes.
  private static func refuseWaiting() {
    let sockets = state.withLock { state in
      defer { state.someWait = false }
      return state.someWait ? state.sockets : []
    }
    for socket in sockets {
      while true {
        let connection = thin_system_accept4(socket, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
        if connection < 0 { break }
        close(connection)
        state.withLock { $0.refusedCount += 1 }
      }
    }
  }
}
