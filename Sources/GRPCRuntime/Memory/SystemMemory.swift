internal import Glibc

/// How much memory the process may have.
package enum SystemMemory {
  /// The memory of the machine, or the lowest limit of the process's control groups if that is less; in bytes.
  package static let byteCount: Int = {
    let machine = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    return min(machine, groupLimit { contents(of: $0) } ?? .max)
  }()

  /// The lowest memory limit of the process's control groups, of version 1 or 2, and of those above them; nil if there is none.
  ///
  /// - Parameter contents: what a file has in it; nil where there is none.
  package static func groupLimit(contents: (String) -> String?) -> Int? {
    var limits: [Int] = []
    for line in (contents("/proc/self/cgroup") ?? "").split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let file: String
      let root: String
      if parts[1].isEmpty {
        (root, file) = ("/sys/fs/cgroup", "memory.max")
      } else if parts[1].split(separator: ",").contains("memory") {
        (root, file) = ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
      } else {
        continue
      }
      // A container sees its own group as the root, whatever its name says: so the root is looked at as well.
      var path = parts[2].split(separator: "/")
      while true {
        let limit = contents(([Substring(root)] + path + [Substring(file)]).joined(separator: "/"))
        // "max" is no number.
        if let limit = limit.flatMap({ Int($0.prefix { $0.isNumber }) }) { limits.append(limit) }
        if path.popLast() == nil { break }
      }
    }
    return limits.min()
  }

  /// The bytes of memory that the process has now; 0 if the system does not tell.
  static var residentByteCount: Int {
    let fields = (contents(of: "/proc/self/statm") ?? "").split(separator: " ")
    return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * sysconf(Int32(_SC_PAGESIZE))
  }

  /// The first 4 KiB of a file.
  private static func contents(of path: String) -> String? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var count = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, initialized in
      count = unsafe read(descriptor, buffer.baseAddress, buffer.count)
      initialized = max(0, count)
    }
    return count > 0 ? String(decoding: bytes, as: UTF8.self) : nil
  }
}
