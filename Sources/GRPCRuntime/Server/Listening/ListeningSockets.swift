internal import CGRPCShim
internal import Dispatch
internal import Glibc
internal import ThinGRPCGuarding

/// The sockets on which the servers of this process listen, and how it stands with descriptors for their connections.
enum ListeningSockets {
  struct Listener: Sendable {
    let server: ListeningServer
    let place: SocketPlace
    /// How often the core has come to accept.
    var acceptCount: UInt64 = 0
  }

  private struct State {
    var sockets: [Int32: Listener] = [:]
    /// Where the core will listen, or does, without having been asked just then: see `ReservedPort`.
    var expected: [PeerAddress: ListeningServer] = [:]
    /// Connections that were closed since there were descriptors for all.
    var refusedCount = 0
    /// Whether a connection was refused, or could not be accepted, since the last look.
    var isShort = false
    /// Whether connections may wait that the core does not know of.
    var someWait = false
    var isLooking = false

    /// Takes in a socket where one is expected; false if it is somebody else's.
    mutating func takeExpected(_ socket: Int32) -> Bool {
      guard !expected.isEmpty, let address = PeerAddress(boundBy: socket), let server = expected[address],
        let place = SocketPlace(of: socket)
      else { return false }
      sockets[socket] = Listener(server: server, place: place)
      return true
    }
  }

  private static let state = Guarded(State())

  /// How long it takes at most until a shortage is seen to be over.
  private static let timeBetweenLooks = DispatchTimeInterval.milliseconds(500)

  /// The sockets that are listened on, and whose they are.
  static var all: [Int32: Listener] { state.withLock { $0.sockets } }

  /// Whether connections are refused for want of descriptors.
  static var isShort: Bool { state.withLock { $0.isLooking } }

  private static func contains(_ socket: Int32) -> Bool {
    state.withLock { $0.sockets[socket] != nil }
  }

  /// Says that the core is about to accept on a socket, and returns whose that is; nil for a socket of somebody else.
  static func willAccept(on socket: Int32) -> ListeningServer? {
    let (server, isNew) = state.withLock { state in
      let isNew = state.sockets[socket] == nil && state.takeExpected(socket)
      state.sockets[socket]?.acceptCount += 1
      return (state.sockets[socket]?.server, isNew)
    }
    if isNew { ListenerWatch.shared.begin() }
    return server
  }

  /// Takes whatever listens at an address for a server's, until `remove`.
  static func expect(at address: PeerAddress, for server: ListeningServer) {
    state.withLock { $0.expected[address] = server }
  }

  /// Runs `body`, which has the core listen, and returns its result. The listening sockets that it has made are known as such from
  /// now on.
  ///
  /// Other threads may open some meanwhile: the core's do not block, and have the port or the name that was asked for.
  ///
  /// - Parameters:
  ///   - server: whose they are.
  ///   - name: the path of a unix socket, or an abstract name; nil for a port.
  ///   - body: returns the port, and what the core says of a failure.
  static func adding(
    for server: ListeningServer, named name: String?, _ body: () -> (port: Int, problem: String)
  ) -> (port: Int, problem: String) {
    let before = ofProcess()
    let (port, problem) = body()
    let place: SocketPlace = if let name { .name(Array(name.utf8)) } else { .port(port) }
    let added = ofProcess().subtracting(before).filter { socket in
      fcntl(socket, F_GETFL) & O_NONBLOCK != 0 && SocketPlace(of: socket) == place
    }
    state.withLock { state in
      for socket in added { state.sockets[socket] = Listener(server: server, place: place) }
    }
    if !added.isEmpty { ListenerWatch.shared.begin() }
    return (port, problem)
  }

  /// Forgets a server's sockets, which are about to be closed, and those that are expected.
  static func remove(of server: ListeningServer) {
    state.withLock { state in
      state.sockets = state.sockets.filter { $0.value.server !== server }
      state.expected = state.expected.filter { $0.value !== server }
    }
  }

  /// The listening sockets of the process, whoever has them.
  private static func ofProcess() -> Set<Int32> {
    Set(OpenFileLimit.openDescriptors().filter { isListening($0) })
  }

  static func isListening(_ socket: Int32) -> Bool {
    var isListening: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return unsafe getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &length) == 0
      && isListening != 0
  }

  // MARK: Shortage

  /// Says that a connection was closed because there were too few descriptors.
  static func didRefuse() {
    note(descriptorShortage) { $0.refusedCount += 1 }
  }

  /// Says that a listener could not accept, mostly for want of descriptors or memory: its connections wait, unknown to the core.
  static func cannotAccept(_ error: Int32) {
    let isOfDescriptors = error == EMFILE || error == ENFILE
    note(isOfDescriptors ? descriptorShortage : unsafe String(cString: strerror(error))) {
      $0.someWait = true
    }
  }

  private static var descriptorShortage: String {
    "the process may have \(OpenFileLimit.current) descriptors open, and has too few left"
  }

  private static func note(_ reason: @autoclosure () -> String, _ change: (inout State) -> Void) {
    let isFirst = state.withLock { state in
      change(&state)
      state.isShort = true
      defer { state.isLooking = true }
      return !state.isLooking
    }
    guard isFirst else { return }
    Notices.post(.warning, "Connections are refused: \(reason())")
    lookLater()
  }

  private static func lookLater() {
    DispatchQueue.global().asyncAfter(deadline: .now() + timeBetweenLooks) { look() }
  }

  /// Sees whether the shortage is over. There is one look at a time, and none where there was no shortage.
  private static func look() {
    let mayBeOver = state.withLock { state in
      defer { state.isShort = false }
      return !state.isShort || state.someWait
    }
    guard mayBeOver, OpenFileLimit.hasRoom else { return lookLater() }
    refuseWaiting()
    let refused: Int? = state.withLock { state in
      // A connection may have come since that could not be accepted, and relied on this look.
      if state.isShort || state.someWait { return nil }
      defer { state.refusedCount = 0 }
      state.isLooking = false
      return state.refusedCount
    }
    guard let refused else { return lookLater() }
    Notices.post(.warning, "Connections are accepted again; \(refused) were refused")
  }

  /// Closes the connections that wait unknown to the core, which else would wait until the next one comes.
  private static func refuseWaiting() {
    let sockets = state.withLock { state in
      defer { state.someWait = false }
      return state.someWait ? Array(state.sockets.keys) : []
    }
    for socket in sockets { refuseWaiting(at: socket) }
  }

  private static func refuseWaiting(at socket: Int32) {
    var lostCount = 0
    // Its server may have closed it meanwhile, and somebody else have its number.
    while contains(socket) {
      let connection = thin_system_accept4(socket, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
      if connection >= 0 {
        close(connection)
        state.withLock { $0.refusedCount += 1 }
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN, EBADF, EINVAL, ENOTSOCK, EOPNOTSUPP, EFAULT: return
      case let error
      where AcceptedConnections.isOfOneConnection(error) && lostCount < AcceptedConnections.mostLost:
        lostCount += 1
      default: return state.withLock { $0.someWait = true }
      }
    }
  }
}
