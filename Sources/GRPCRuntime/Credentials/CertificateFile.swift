internal import Glibc

/// Reads files of certificates and keys.
package enum CertificateFile {
  /// The most bytes that such a file may have; the bundles of systems have a quarter of a megabyte.
  private static let mostBytes = 4 << 20

  /// The bytes of the file at `path`.
  ///
  /// - Throws: `CertificateProblem` that says why it cannot be read: it is not there, not allowed, no regular file, or too large.
  package static func read(_ path: String) throws(CertificateProblem) -> [UInt8] {
    // Opening a FIFO would wait for a writer.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure() }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw failure() }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw CertificateProblem("it is a directory")
    default: throw CertificateProblem("it is no regular file")
    }
    var bytes: [UInt8] = []
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 1)
    defer { unsafe chunk.deallocate() }
    while true {
      let count = unsafe Glibc.read(descriptor, chunk.baseAddress, chunk.count)
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw failure() }
      if count == 0 { return bytes }
      unsafe bytes += chunk[..<count]
      if bytes.count > mostBytes { throw CertificateProblem("it is larger than \(mostBytes >> 20) MiB") }
    }
  }

  /// Checks that OpenSSL can find lists of revoked certificates in a folder.
  ///
  /// - Throws: `CertificateProblem` if it cannot be read, or has no file by a name that OpenSSL looks for: it would find nothing
  ///   revoked, and say nothing.
  package static func checkRevocationLists(in folder: String) throws(CertificateProblem) {
    guard let directory = unsafe opendir(folder) else { throw failure() }
    defer { unsafe closedir(directory) }
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      // 644ae80c.r0
      let parts = name.split(separator: ".", omittingEmptySubsequences: false)
      if parts.count == 2, parts[0].count == 8, parts[0].allSatisfy(\.isHexDigit),
        parts[1].first == "r", parts[1].dropFirst().allSatisfy(\.isNumber), parts[1].count > 1
      {
        return
      }
    }
    throw CertificateProblem(
      "it has no list by the name that OpenSSL looks for; openssl rehash makes these names")
  }

  /// Makes the file that keys are logged to, for its owner alone.
  ///
  /// - Throws: `CertificateProblem` if it cannot be written.
  package static func prepareKeyLog(_ path: String) throws(CertificateProblem) {
    let descriptor = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o600)
    guard descriptor >= 0 else { throw failure() }
    close(descriptor)
  }

  /// What the last call of the system failed with.
  private static func failure() -> CertificateProblem {
    switch errno {
    case ENOENT: CertificateProblem("it does not exist")
    case EACCES: CertificateProblem("this process may not read it")
    case let code: CertificateProblem("it cannot be read: \(unsafe String(cString: strerror(code)))")
    }
  }
}
