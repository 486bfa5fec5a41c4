internal import Glibc

/// The files and folders that TLS uses.
package enum CertificateFile {
  /// The most bytes that a file of certificates or keys may have; the bundles of systems have a quarter of a megabyte.
  package static let mostBytes = 4 << 20

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

  private static func failure() -> CertificateProblem { CertificateProblem(FileContents.lastError) }
}
