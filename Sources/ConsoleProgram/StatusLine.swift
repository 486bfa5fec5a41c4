internal import CTerminal
internal import Foundation
internal import Glibc

/// A line on standard error that is drawn over and over; nothing where that is no terminal, or one that cannot go back.
package struct StatusLine: Sendable {
  package let isShown: Bool

  package init() {
    isShown = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  /// Draws the line.
  ///
  /// - Parameter text: makes it for so many columns at most. They are asked for each time: people resize their windows.
  package func show(_ text: (Int) -> String) {
    guard isShown else { return }
    let columns = Int(thin_terminal_columns(STDERR_FILENO))
    // The last column stays free: a terminal may begin a new line after it.
    let room = (columns > 0 ? columns : 80) - 1
    draw(String(text(room).prefix(room)))
  }

  package func clear() {
    if isShown { draw("") }
  }

  private func draw(_ text: String) {
    // A line that cannot be drawn is no reason to stop.
    try? FileHandle.standardError.writeAll("\r\(text)\u{1B}[K".utf8)
  }
}
