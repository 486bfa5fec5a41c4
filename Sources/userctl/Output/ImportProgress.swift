internal import Foundation
internal import Glibc
internal import Synchronization

/// A bar on standard error, where that is a terminal.
final class ImportProgress: Sendable {
  private let byteCount: Int?
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let start = ContinuousClock.now

  /// - Parameter byteCount: the size of the input, where it has one.
  init(byteCount: Int?) {
    self.byteCount = byteCount
  }

  func show(rows: Int64, bytes: Int) {
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    write("\r" + Self.line(rows: rows, share: share(of: bytes), seconds: seconds) + "\u{1B}[K")
  }

  func clear() {
    write("\r\u{1B}[K")
  }

  static func line(rows: Int64, share: Double?, seconds: Double) -> String {
    let rate = seconds > 0 ? Int(Double(rows) / seconds) : 0
    let bar = share.map { share in
      let filled = Int((min(max(share, 0), 1) * 30).rounded(.down))
      return "[" + String(repeating: "#", count: filled) + String(repeating: " ", count: 30 - filled)
        + "] \(Int(min(max(share, 0), 1) * 100))%  "
    }
    return "\(bar ?? "")\(rows) rows  \(rate) a second"
  }

  private func share(of bytes: Int) -> Double? {
    byteCount.flatMap { $0 > 0 ? Double(bytes) / Double($0) : nil }
  }

  private func write(_ text: String) {
    guard isTerminal else { return }
    // A bar that cannot be drawn is no reason to stop.
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}
