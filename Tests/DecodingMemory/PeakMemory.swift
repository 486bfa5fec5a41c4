import Foundation

/// How much more memory the process has at its peak than at a moment: what is resident, by the system's own count.
struct PeakMemory {
  private let start: Int

  /// Begins to look.
  ///
  /// - Throws: where the system does not tell.
  init() throws {
    // The peak begins anew with this.
    try "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    start = try Self.kibibytes("VmRSS:")
  }

  /// The growth up to the highest peak since, in bytes.
  ///
  /// - Throws: where the system does not tell.
  func growth() throws -> Int { (try Self.kibibytes("VmHWM:") - start) * 1024 }

  private static func kibibytes(_ name: String) throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
    guard let number = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
    else { throw CocoaError(.fileReadCorruptFile) }
    return number
  }
}
