internal import Glibc

/// The number of files and sockets that the process may have open.
package enum OpenFileLimit {
  /// The most descriptors that are kept from connections, for files and for what else the process opens.
  private static let largestReserve: UInt = 64

  /// Raises the soft limit to the hard limit (`setrlimit`): every connection takes a descriptor, and the soft limit
  /// is 1,024 by custom, for the sake of programs that use `select`.
  ///
  /// - Returns: the limit that holds then.
  @discardableResult
  package static func raise() -> UInt {
    var limit = limits
    let soft = limit.rlim_cur
    limit.rlim_cur = limit.rlim_max
    return unsafe setrlimit(resource, &limit) == 0 ? limit.rlim_max : soft
  }

  /// The limit that holds now.
  static var current: UInt { limits.rlim_cur }

  /// Whether enough descriptors are left where `descriptor` was the next that was free: an eighth of all, or 64.
  static func leavesReserve(above descriptor: Int32) -> Bool {
    let limit = current
    return UInt(descriptor) < limit - min(largestReserve, limit / 8)
  }

  /// Whether there are descriptors for connections.
  static var hasRoom: Bool {
    let descriptor = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    close(descriptor)
    return leavesReserve(above: descriptor)
  }

  /// The descriptors that the process has open.
  static func openDescriptors() -> [Int32] {
    guard let folder = unsafe opendir("/proc/self/fd") else { return [] }
    defer { _ = unsafe closedir(folder) }
    var descriptors: [Int32] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
        unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if let descriptor = Int32(name) { descriptors.append(descriptor) }
    }
    return descriptors
  }

  private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)

  private static var limits: rlimit {
    var limit = rlimit()
    return unsafe getrlimit(resource, &limit) == 0 ? limit : rlimit()
  }
}
