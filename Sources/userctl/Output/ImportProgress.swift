internal import ConsoleProgram

/// A bar on standard error, where that is a terminal.
final class ImportProgress: Sendable {
  private let byteCount: Int?
  private let line = StatusLine()
  private let start = ContinuousClock.now

  /// - Parameter byteCount: the size of the input, where it has one.
  init(byteCount: Int?) {
    self.byteCount = byteCount
  }

  func show(rows: Int64, bytes: Int) {
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let share = byteCount.flatMap { $0 > 0 ? Double(bytes) / Double($0) : nil }
    line.show { Self.text(rows: rows, share: share, seconds: seconds, columns: $0) }
  }

  func clear() {
    line.clear()
  }

  /// As much as there is room for: what is left out first is the rate, then the rows, then the bar, then all.
  static func text(rows: Int64, share: Double?, seconds: Double, columns: Int) -> String {
    let rate = seconds > 0 ? Int(min(Double(rows) / seconds, 1e15)) : 0
    var counts = ["\(rows) rows  \(rate) a second", "\(rows) rows"]
    guard let share = share.map({ min(max($0, 0), 1) }) else {
      return counts.first { $0.count <= columns } ?? ""
    }
    let percent = "\(Int(share * 100))%"
    counts = counts.map { "\(percent)  \($0)" } + [percent]
    let shortestBar = 3
    for count in counts {
      // The brackets and a space.
      let bar = min(columns - count.count - 3, 30)
      guard bar >= shortestBar else { continue }
      let filled = Int((share * Double(bar)).rounded(.down))
      return "[" + String(repeating: "#", count: filled) + String(repeating: " ", count: bar - filled) + "] "
        + count
    }
    return percent.count <= columns ? percent : ""
  }
}
