internal import CFileIdentity

/// What is at a path: the file itself, not its name.
struct FileStatus: Sendable {
  /// The device and the number of the file on it: the same for as long as it is the same file.
  struct Identity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64
  }

  let identity: Identity
  /// The lowest twelve bits of the mode.
  let permissions: UInt32

  /// Asks with `stat`, which opens nothing: to close any descriptor of a SQLite file would drop the locks that the process
  /// has on it.
  ///
  /// - Returns: nil where there is nothing that can be reached.
  init?(atPath path: String) {
    thin_path_begin()
    for byte in path.utf8 { thin_path_append(byte) }
    let status = thin_path_status()
    guard status.error == 0 else { return nil }
    identity = Identity(device: status.device, inode: status.inode)
    permissions = status.permissions
  }
}
