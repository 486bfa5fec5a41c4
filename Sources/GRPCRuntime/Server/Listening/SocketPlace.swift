internal import Glibc

/// What a socket is bound to.
enum SocketPlace: Equatable, Sendable {
  case port(Int)
  /// The path of a unix socket, or an abstract name.
  case name([UInt8])

  /// What `socket` is bound to (`getsockname`); nil if that is neither.
  init?(of socket: Int32) {
    var address = [UInt8](repeating: 0, count: MemoryLayout<sockaddr_storage>.size)
    var length = socklen_t(address.count)
    let result = unsafe address.withUnsafeMutableBytes { bytes in
      unsafe getsockname(socket, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress!, &length)
    }
    guard result == 0, length >= 2 else { return nil }
    switch Int32(address[0]) | Int32(address[1]) << 8 {
    case AF_INET, AF_INET6: self = .port(Int(address[2]) << 8 | Int(address[3]))
    case AF_UNIX:
      // An abstract name begins with a zero.
      let name = address[2..<min(Int(length), address.count)]
      self = .name(name.first == 0 ? Array(name.dropFirst()) : Array(name.prefix { $0 != 0 }))
    default: return nil
    }
  }
}

extension SocketPlace: CustomStringConvertible {
  var description: String {
    switch self {
    case .port(let port): "port \(port)"
    case .name(let name): String(decoding: name, as: UTF8.self)
    }
  }
}
