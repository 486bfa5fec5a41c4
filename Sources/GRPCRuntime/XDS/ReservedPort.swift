internal import Glibc

/// A port that is kept for a listener which the core opens later.
///
/// A server that a control plane configures binds its port when the control plane says so, and a core that cannot ends the process
/// then (`GPR_ASSERT(0)` in `UpdateConnectionManager`). So the port is bound at once, without listening: clients are refused, as they
/// should be, and no other program can take it. The core's listeners share it, by SO_REUSEPORT.
package final class ReservedPort: Sendable {
  /// Why a port could not be had.
  package enum Problem: Error {
    case inUse
    /// In the system's words.
    case other(String)
  }

  /// The address as the core writes it, such as `127.0.0.1:50051`.
  package let address: String
  private let socket: Int32

  /// - Parameters:
  ///   - host: a numeric address, an IPv6 one without brackets.
  ///   - port: 0 for any that is free.
  package init(host: String, port: UInt16) throws(Problem) {
    var place = try SocketAddress(host: host, port: port)
    // Fails where somebody listens, and else is as free as what listens by itself: connections that are over do not matter.
    let first = try Self.bound(to: &place, isReusable: true, isShared: false)
    defer { close(first) }
    let second = try Self.bound(to: &place, isReusable: true, isShared: true)
    defer { close(second) }
    // As long as this one is bound, which is not reusable, no other program can bind the port. It can itself because it shares the
    // port with the second.
    socket = try Self.bound(to: &place, isReusable: false, isShared: true)
    address = place.text
  }

  /// What is bound.
  var place: PeerAddress? { PeerAddress(boundBy: socket) }

  deinit {
    close(socket)
  }

  private static func bound(
    to place: inout SocketAddress, isReusable: Bool, isShared: Bool
  ) throws(Problem) -> Int32 {
    let socket = Glibc.socket(place.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw problem }
    do throws(Problem) {
      try set(SO_REUSEADDR, isReusable, of: socket)
      try set(SO_REUSEPORT, isShared, of: socket)
      try place.bind(socket)
    } catch {
      close(socket)
      throw error
    }
    return socket
  }

  private static func set(_ option: Int32, _ isSet: Bool, of socket: Int32) throws(Problem) {
    var value: Int32 = isSet ? 1 : 0
    let length = socklen_t(MemoryLayout<Int32>.size)
    guard unsafe setsockopt(socket, SOL_SOCKET, option, &value, length) == 0 else { throw problem }
  }

  fileprivate static var problem: Problem {
    errno == EADDRINUSE ? .inUse : .other(unsafe String(cString: strerror(errno)))
  }
}

/// A numeric address and a port, as the system has them.
private struct SocketAddress {
  private var storage = sockaddr_storage()
  private var length: socklen_t
  private let hostText: String

  /// - Parameter host: an IPv6 address without brackets.
  init(host: String, port: UInt16) throws(ReservedPort.Problem) {
    var hints = unsafe addrinfo()
    unsafe hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    let error = unsafe getaddrinfo(host, "\(port)", &hints, &found)
    guard error == 0, let found = unsafe found else {
      throw .other(unsafe String(cString: gai_strerror(error)))
    }
    defer { unsafe freeaddrinfo(found) }
    length = unsafe found.pointee.ai_addrlen
    unsafe withUnsafeMutableBytes(of: &storage) { bytes in
      unsafe bytes.copyMemory(
        from: UnsafeRawBufferPointer(start: found.pointee.ai_addr, count: Int(found.pointee.ai_addrlen)))
    }
    // As the core writes it: numbers in their shortest form.
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let nameError = unsafe getnameinfo(
      found.pointee.ai_addr, found.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
    guard nameError == 0 else { throw .other(unsafe String(cString: gai_strerror(nameError))) }
    hostText = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  var family: Int32 { Int32(storage.ss_family) }

  /// Of both families at the same place, in the network's order.
  private static let portOffset = 2

  var port: Int {
    unsafe withUnsafeBytes(of: storage) { bytes in
      unsafe Int(bytes[Self.portOffset]) << 8 | Int(bytes[Self.portOffset + 1])
    }
  }

  var text: String { family == AF_INET6 ? "[\(hostText)]:\(port)" : "\(hostText):\(port)" }

  /// Binds a socket, and takes on the port that it got.
  mutating func bind(_ socket: Int32) throws(ReservedPort.Problem) {
    let length = length
    let result = unsafe withUnsafeMutableBytes(of: &storage) { bytes in
      let address = unsafe bytes.assumingMemoryBound(to: sockaddr.self).baseAddress!
      guard unsafe Glibc.bind(socket, address, length) == 0 else { return Int32(-1) }
      var gotten = length
      return unsafe getsockname(socket, address, &gotten)
    }
    guard result == 0 else { throw ReservedPort.problem }
  }
}
