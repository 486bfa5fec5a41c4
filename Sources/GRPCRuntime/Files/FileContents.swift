internal import CGRPCShim
internal import Glibc

/// What is in a file, or why that cannot be said.
package enum FileContents: Hashable, Sendable {
  case bytes([UInt8])
  /// The reason, to stand after the file's name and a colon: `it does not exist`.
  case unreadable(String)

  /// Reads a whole file. It blocks for as long as the file system takes, and never waits for a writer, as it would at a pipe.
  ///
  /// - Parameter mostByteCount: a file that is larger counts as unreadable.
  package init(of path: String, mostByteCount: Int) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      self = .unreadable(Self.lastError)
      return
    }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      self = .unreadable(Self.lastError)
      return
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      self = .unreadable(isFolder ? "it is a directory" : "it is no regular file")
      return
    }
    // Read to the end, whatever size it had: the file may be growing.
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count <= mostByteCount {
      let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        self = .unreadable(Self.lastError)
        return
      }
      if count == 0 { break }
      bytes += chunk[..<count]
    }
    self =
      bytes.count > mostByteCount
      ? .unreadable("it has more than \(mostByteCount) bytes") : .bytes(bytes)
  }

  /// What the last call of the system failed with, as a reason.
  static var lastError: String {
    switch errno {
    case ENOENT: "it does not exist"
    case EACCES: "this process may not read it"
    case let code: "it cannot be read: \(unsafe String(cString: strerror(code)))"
    }
  }
}
