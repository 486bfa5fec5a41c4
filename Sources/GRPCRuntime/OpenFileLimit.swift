internal import Glibc

/// The number of files and sockets that the process may have open.
package enum OpenFileLimit {
  /// Raises the soft limit to the hard limit (`setrlimit`): every connection takes a descriptor, and the soft limit
  /// is 1,024 by custom, for the sake of programs that use `select`.
  ///
  /// - Returns: the limit that holds then.
  @discardableResult
  package static func raise() -> UInt {
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    guard unsafe getrlimit(resource, &limit) == 0 else { return 0 }
    let soft = limit.rlim_cur
    limit.rlim_cur = limit.rlim_max
    return unsafe setrlimit(resource, &limit) == 0 ? limit.rlim_max : soft
  }
}
