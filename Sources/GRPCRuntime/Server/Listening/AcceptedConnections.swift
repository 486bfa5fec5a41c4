internal import CGRPCShim
internal import Glibc

// How the core takes in connections, and why that is done here.
//
// The core accepts in a loop, until `accept4` says that nobody waits. Any other error ends the listener for ever, with no more
// than a line in the core's log, and "too many open files" is such an error (CVE-2023-4785): after some hundred connections a
// process listens, and serves nobody. No setting prevents that, and the core has no function that starts a listener again. A
// second `grpc_server` on the same address would send away the connections of the first one, just when there is no room for them.
// An accept loop of our own could hand over descriptors (`grpc_server_add_channel_from_fd`), but those connections have no address,
// and cannot have TLS.
//
// So the one function through which the core accepts is ours. libc's `accept4` is defined below: a core that is a part of the program
// calls it, and one that is a shared library is told of it (`thin_replace_socket_calls`). It behaves otherwise for the listening
// sockets of our servers alone, and for all others as ever. The core never learns of an error that would end a listener.

/// libc's `accept4`, as this process has it.
///
/// A connection of one of our servers is handed over, or closed at once where few descriptors are left or the server's limits are
/// reached, so that its client need not wait and tries again; where no descriptor is left at all it waits.
@_cdecl("accept4")
public func acceptConnection(
  _ listener: Int32, _ address: UnsafeMutableRawPointer?, _ length: UnsafeMutablePointer<UInt32>?,
  _ flags: Int32
) -> Int32 {
  guard let server = ListeningSockets.willAccept(on: listener) else {
    return unsafe thin_system_accept4(listener, address, length, flags)
  }
  let room = unsafe length?.pointee ?? 0
  var lostCount = 0
  while true {
    unsafe length?.pointee = room
    let connection = unsafe thin_system_accept4(listener, address, length, flags)
    if connection >= 0 {
      if !OpenFileLimit.leavesReserve(above: connection) {
        ListeningSockets.didRefuse()
      } else if let limit = ConnectionTable.shared.add(connection, to: server.count) {
        server.count?.didRefuse(PeerAddress(ofSocket: connection), by: limit)
      } else {
        return connection
      }
      close(connection)
      continue
    }
    switch errno {
    case EAGAIN, EINTR, EBADF, EINVAL, ENOTSOCK, EOPNOTSUPP, EFAULT:
      // Nobody waits; or the socket is no listener any more, which is how a server stops.
      return -1
    case let error
    where AcceptedConnections.isOfOneConnection(error) && lostCount < AcceptedConnections.mostLost:
      lostCount += 1
    case let error:
      // "Nobody waits" has the core look again when the next connection comes.
      ListeningSockets.cannotAccept(error)
      errno = EAGAIN
      return -1
    }
  }
}

/// The accepting of the process's servers.
enum AcceptedConnections {
  /// How many connections may be lost on their way in a row: an error may also be of every one, as where the system forbids the call.
  static let mostLost = 1000

  /// Whether an error of accept says what has happened to one connection on its way here: see accept(2).
  static func isOfOneConnection(_ error: Int32) -> Bool {
    switch error {
    case ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT,
      EPERM:
      true
    default: false
    }
  }

  /// Has the core call `accept4`, `shutdown` and `recvmsg` as they are defined here. Before it accepts anything.
  static func takeOver() {
    _ = unsafe thin_replace_socket_calls(
      { unsafe acceptConnection($0, $1, $2, $3) }, { endConnection($0, $1) },
      { unsafe readMessage($0, $1, $2) })
  }
}
