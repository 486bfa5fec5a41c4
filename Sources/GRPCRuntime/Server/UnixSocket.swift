internal import Glibc
internal import ThinGRPCGuarding

/// What is at the path of a unix socket.
package enum UnixSocket {
  /// The longest path that a socket address holds, in bytes.
  package static let longestPath = 107

  package enum State: Sendable {
    case free
    /// A server listens there.
    case inUse
    /// The socket of a server that is gone.
    case abandoned
    case otherFile
  }

  /// Looks at the path, and connects to a socket that is there to see whether anyone listens.
  package static func state(at path: String) -> State {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return .free }
    guard status.st_mode & S_IFMT == S_IFSOCK else { return .otherFile }
    // Not to wait for a server whose queue of connections is full: that one is alive.
    let descriptor = socket(
      AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return .inUse }
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) {
      unsafe $0.copyBytes(from: path.utf8.prefix(longestPath))
    }
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    return result != 0 && errno == ECONNREFUSED ? .abandoned : .inUse
  }

  /// Makes what `body` makes with the permissions `mode`, where some are given.
  ///
  /// By the process's mask, so that the socket is at no time open to more: files that other threads make in the meantime are
  /// held to these permissions as well.
  package static func withMode<Result>(_ mode: UInt16?, _ body: () -> Result) -> Result {
    masking.withLock { _ in
      guard let mode else { return body() }
      let mask = umask(~mode_t(mode) & 0o777)
      defer { umask(mask) }
      return body()
    }
  }

  /// Servers that are made at a time have one mask.
  private static let masking = Guarded(())

  /// Removes the socket of a server that is gone.
  package static func remove(_ path: String) {
    unsafe unlink(path)
  }
}
