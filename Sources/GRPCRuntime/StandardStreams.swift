internal import Glibc

/// The descriptors 0, 1 and 2.
package enum StandardStreams {
  /// Opens `/dev/null` as each of them that is closed.
  package static func fill() {
    // The lowest that is free is what `open` returns.
    while case let descriptor = unsafe open("/dev/null", O_RDWR), descriptor >= 0 {
      if descriptor > STDERR_FILENO {
        close(descriptor)
        return
      }
    }
  }
}
