internal import Glibc

/// Where a client's connection comes from, or what a listener is bound to: an address of IPv4 or IPv6, and a port. Unix sockets have
/// none.
package struct PeerAddress: Hashable, Sendable {
  /// The address as IPv6, which has IPv4 in it.
  private let high: UInt64
  private let low: UInt64
  private let port: UInt16

  /// What an IPv4 address has in front of it as an IPv6 one.
  private static let prefixOfIPv4: UInt64 = 0xffff_0000_0000

  private var isIPv4: Bool { high == 0 && low >> 32 == Self.prefixOfIPv4 >> 32 }

  /// What shares a limit of one address: all ports, and with IPv6 the 64 bits that a single customer mostly has to himself.
  package var network: PeerAddress { PeerAddress(high: high, low: isIPv4 ? low : 0, port: 0) }

  private init(high: UInt64, low: UInt64, port: UInt16) {
    (self.high, self.low, self.port) = (high, low, port)
  }

  /// The peer of a socket (`getpeername`).
  init?(ofSocket descriptor: Int32) {
    unsafe self.init { unsafe getpeername(descriptor, $0, $1) }
  }

  /// What a socket is bound to (`getsockname`). All addresses of the machine are the same as all of IPv6: the core listens for both
  /// families on one socket.
  init?(boundBy descriptor: Int32) {
    guard let found = unsafe Self({ unsafe getsockname(descriptor, $0, $1) }) else { return nil }
    let isAny = found.high == 0 && (found.low == 0 || found.low == Self.prefixOfIPv4)
    self = isAny ? PeerAddress(high: 0, low: 0, port: found.port) : found
  }

  private init?(_ name: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32) {
    var address = sockaddr_in6()
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let result = unsafe withUnsafeMutableBytes(of: &address) { bytes in
      unsafe name(bytes.assumingMemoryBound(to: sockaddr.self).baseAddress!, &length)
    }
    guard result == 0 else { return nil }
    let bytes = unsafe withUnsafeBytes(of: &address) { unsafe Array($0) }
    let port = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
    switch Int32(address.sin6_family) {
    case AF_INET: self.init(high: 0, low: Self.prefixOfIPv4 | Self.number(bytes[4..<8]), port: port)
    case AF_INET6: self.init(high: Self.number(bytes[8..<16]), low: Self.number(bytes[16..<24]), port: port)
    default: return nil
    }
  }

  /// What the core calls a peer, such as `ipv4:127.0.0.1:50051` or `ipv6:%5B::1%5D:50051`.
  package init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, let colon = parts[1].lastIndex(of: ":"),
      let port = UInt16(parts[1][parts[1].index(after: colon)...])
    else { return nil }
    let host = parts[1][..<colon]
    switch parts[0] {
    case "ipv4":
      guard let bytes = Self.bytes(of: String(host), family: AF_INET, count: 4) else { return nil }
      self.init(high: 0, low: Self.prefixOfIPv4 | Self.number(bytes[...]), port: port)
    case "ipv6":
      // Without brackets, percent-encoded or not, and without the zone.
      let bare = host.replacing("%5B", with: "").replacing("%5D", with: "").filter { $0 != "[" && $0 != "]" }
      let address = String(bare.prefix { $0 != "%" })
      guard let bytes = Self.bytes(of: address, family: AF_INET6, count: 16) else { return nil }
      self.init(high: Self.number(bytes[..<8]), low: Self.number(bytes[8...]), port: port)
    default: return nil
    }
  }

  private static func bytes(of text: String, family: Int32, count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    return unsafe inet_pton(family, text, &bytes) == 1 ? bytes : nil
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension PeerAddress: CustomStringConvertible {
  /// The address without its port (`inet_ntop`).
  package var description: String {
    var bytes: [UInt8] = []
    for word in [high, low] {
      for shift in stride(from: 56, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: word >> shift))
      }
    }
    if isIPv4 { bytes.removeFirst(12) }
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    _ = unsafe inet_ntop(isIPv4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
    return String(decoding: text.lazy.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
