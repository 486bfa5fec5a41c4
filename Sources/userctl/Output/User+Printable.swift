internal import Foundation
internal import ThinGRPCProtobuf
internal import ThinGRPCWellKnownTypes
internal import UserProtos

/// A user as it is printed.
extension User: Printable {
  var text: String {
    [
      id.forTerminal(width: 36), email.forTerminal(width: 30), name.forTerminal(width: 24),
      PlanName.text(of: plan).forTerminal(width: 10), hasCreatedAt ? Self.text(of: createdAt) : "",
    ].joined(separator: "  ")
  }

  private static func text(of time: GoogleProtobuf.Timestamp) -> String {
    let seconds = Double(time.seconds) + Double(time.nanos) / 1e9
    return Date(timeIntervalSince1970: seconds).formatted(
      Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}

extension String {
  /// The text, filled up to a column, with nothing in it that a terminal would obey.
  func forTerminal(width: Int) -> String {
    // Most text is plain ASCII, where a byte is a column and nothing needs to be looked up.
    let isPlain = utf8.allSatisfy { (0x20..<0x7F).contains($0) }
    let safe =
      isPlain
      ? self
      : String(
        String.UnicodeScalarView(
          unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
    return safe + String(repeating: " ", count: Swift.max(0, width - (isPlain ? utf8.count : safe.count)))
  }
}
