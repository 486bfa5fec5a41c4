internal import CGRPCShim
internal import Glibc

/// A connection that was accepted, as the kernel knows it.
///
/// The descriptor is the core's, which closes it when it likes; the socket's cookie tells whether it is still the same one.
struct AcceptedSocket {
  let descriptor: Int32
  private let cookie: UInt64
  /// Where it comes from; nil for a unix socket.
  let peer: PeerAddress?
  /// What counts it, where the connections of its server have a limit.
  let count: ConnectionCount?
  /// What the core had read when it last sent something, in bytes.
  private var readByteCountAtSend: UInt64 = 0
  private var sentSegmentCount: UInt32?
  private(set) var readByteCount: UInt64 = 0

  private static let cookieOption: Int32 = 57  // SO_COOKIE
  private static let unreadCount: UInt = 0x541B  // FIONREAD

  init?(_ descriptor: Int32, count: ConnectionCount?) {
    guard let cookie = Self.cookie(of: descriptor) else { return nil }
    self.descriptor = descriptor
    self.cookie = cookie
    self.count = count
    peer = PeerAddress(ofSocket: descriptor)
  }

  /// Whether the core has not closed it yet.
  var isOpen: Bool { Self.cookie(of: descriptor) == cookie }

  static func cookie(of descriptor: Int32) -> UInt64? {
    var cookie: UInt64 = 0
    var length = socklen_t(MemoryLayout<UInt64>.size)
    guard unsafe getsockopt(descriptor, SOL_SOCKET, cookieOption, &cookie, &length) == 0 else { return nil }
    return cookie
  }

  /// What the core has read from the connection since it last sent something on it, in bytes. Zero at the first look.
  var silentByteCount: UInt64 { readByteCount &- readByteCountAtSend }

  /// Looks at the connection (`TCP_INFO`), which tells nothing of a unix socket; false if it is closed.
  mutating func look() -> Bool {
    guard isOpen else { return false }
    var information = [UInt8](repeating: 0, count: 256)
    var length = socklen_t(information.count)
    guard unsafe getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, &information, &length) == 0,
      length >= 160
    else { return true }
    var unread: Int32 = 0
    guard unsafe ioctl(descriptor, Self.unreadCount, &unread) == 0 else { return true }
    // struct tcp_info of <linux/tcp.h>: tcpi_bytes_received, and tcpi_data_segs_out.
    let (received, sent) = unsafe information.withUnsafeBytes { bytes in
      unsafe (
        bytes.loadUnaligned(fromByteOffset: 128, as: UInt64.self),
        bytes.loadUnaligned(fromByteOffset: 156, as: UInt32.self)
      )
    }
    readByteCount = received &- min(received, UInt64(max(0, unread)))
    if sent != sentSegmentCount {
      sentSegmentCount = sent
      readByteCountAtSend = readByteCount
    }
    return true
  }

  /// Resets the connection: what has arrived is not read any more, and the client knows at once, also where it only writes and the
  /// window is full. The core sees an error, and closes it. The descriptor may be another connection's by now only if it was closed
  /// since the look that said otherwise, an instant ago.
  func reset() {
    // To connect to no address (AF_UNSPEC) is what does that; a mere `shutdown` leaves what has arrived to be read, and the
    // client to wait for room until the kernel forgets the connection, a minute later.
    var nobody = sockaddr()
    if unsafe connect(descriptor, &nobody, socklen_t(MemoryLayout<sockaddr>.size)) != 0 {
      _ = thin_system_shutdown(descriptor, Int32(SHUT_RDWR))
    }
  }
}
