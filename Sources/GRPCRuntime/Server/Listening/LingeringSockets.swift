internal import CGRPCShim
internal import Dispatch
internal import Glibc
internal import ThinGRPCGuarding

// Why a server's connections end slowly.
//
// When the core has no more to say on a connection it closes the socket, though the client may be sending at that moment: a window
// update, an acknowledgement, a reset of a stream. The kernel answers what comes to a closed socket with a reset, and a client that is
// told of a reset drops what it has not read yet: the last answers, and the server's word that it has not processed the others. So
// the socket is closed in two steps, as web servers do. The core ends a connection by `shutdown`, which is ours as `accept4` is.

/// libc's `shutdown`, as this process has it.
///
/// Where the core ends a connection of one of our servers, only the sending ends at once: see `LingeringSockets`.
@_cdecl("shutdown")
public func endConnection(_ socket: Int32, _ how: Int32) -> Int32 {
  let isLingering =
    how == Int32(SHUT_RDWR) && ConnectionTable.shared.willEnd(socket) && LingeringSockets.shared.keep(socket)
  return thin_system_shutdown(socket, isLingering ? Int32(SHUT_WR) : how)
}

/// The sockets of connections that have ended on the server's side, until they have on the client's.
///
/// They are looked at in turns, some times a second and only while there are any: Dispatch's sources end the process now and then
/// where thousands of sockets come and go.
final class LingeringSockets: Sendable {
  private struct State {
    var lingering: [Int32: Lingering] = [:]
    var isLooking = false
    var waiting: [Waiting] = []
  }

  private struct Lingering {
    let end: DispatchTime
    var byteCount = 0
  }

  private struct Waiting {
    var sockets: Set<Int32>
    let continuation: CheckedContinuation<Void, Never>
  }

  static let shared = LingeringSockets()

  private let state = Guarded(State())
  private let queue = DispatchQueue(label: "ThinGRPC.LingeringSockets")

  /// How many sockets may linger. Those beyond are closed at once: it is a courtesy.
  private static let mostSockets = 256
  /// How long a client has for its own end.
  private static let longestTime = DispatchTimeInterval.seconds(1)
  /// What a client may send meanwhile, in bytes.
  private static let mostBytes = 4 << 20
  /// The time between two looks at the sockets.
  private static let interval = DispatchTimeInterval.milliseconds(10)

  /// Keeps the connection of a socket that the core is about to close, and reads what still comes; false if it may end at once.
  fileprivate func keep(_ socket: Int32) -> Bool {
    let hasRoom = state.withLock { $0.lingering.count < Self.mostSockets }
    guard hasRoom, Self.isOpen(socket) else { return false }
    let descriptor = fcntl(socket, F_DUPFD_CLOEXEC, 0)
    guard descriptor >= 0 else { return false }
    guard OpenFileLimit.leavesReserve(above: descriptor) else {
      close(descriptor)
      return false
    }
    let isFirst = state.withLock { state in
      state.lingering[descriptor] = Lingering(end: .now() + Self.longestTime)
      defer { state.isLooking = true }
      return !state.isLooking
    }
    if isFirst { lookLater() }
    return true
  }

  /// Whether the client has not ended its side, as it mostly has before the server does.
  private static func isOpen(_ socket: Int32) -> Bool {
    var next: UInt8 = 0
    let count = unsafe recv(socket, &next, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
    return count > 0 || (count < 0 && errno == EAGAIN)
  }

  private func lookLater() {
    queue.asyncAfter(deadline: .now() + Self.interval) { self.look() }
  }

  /// Reads from each socket what has come, and closes those that are over.
  private func look() {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    for (descriptor, socket) in state.withLock({ $0.lingering }) {
      let (count, hasEnded) = Self.read(descriptor, into: &buffer)
      let byteCount = socket.byteCount + count
      if hasEnded || byteCount > Self.mostBytes || DispatchTime.now() >= socket.end {
        end(descriptor)
      } else {
        state.withLock { $0.lingering[descriptor]?.byteCount = byteCount }
      }
    }
    let goesOn = state.withLock { state in
      state.isLooking = !state.lingering.isEmpty
      return state.isLooking
    }
    if goesOn { lookLater() }
  }

  /// Reads what has come on a socket, `mostBytes` and a bit at most, and tells whether the client has ended its side.
  private static func read(_ descriptor: Int32, into buffer: inout [UInt8]) -> (
    byteCount: Int, hasEnded: Bool
  ) {
    var byteCount = 0
    while byteCount <= mostBytes {
      let count = unsafe recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      if count <= 0 { return (byteCount, count == 0 || (errno != EAGAIN && errno != EINTR)) }
      byteCount += count
    }
    return (byteCount, false)
  }

  private func end(_ descriptor: Int32) {
    // Forgotten before it is closed: the next socket may have the same number.
    let over = state.withLock { state in
      state.lingering[descriptor] = nil
      for index in state.waiting.indices { state.waiting[index].sockets.remove(descriptor) }
      let over = state.waiting.filter(\.sockets.isEmpty)
      state.waiting.removeAll(where: \.sockets.isEmpty)
      return over
    }
    close(descriptor)
    for waiting in over { waiting.continuation.resume() }
  }

  /// Returns when the sockets that linger now are closed: a process that ends sooner takes its last answers along.
  nonisolated(nonsending) func waitUntilClosed() async {
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      let isWaiting = state.withLock { state in
        if state.lingering.isEmpty { return false }
        state.waiting.append(Waiting(sockets: Set(state.lingering.keys), continuation: continuation))
        return true
      }
      if !isWaiting { continuation.resume() }
    }
  }
}
