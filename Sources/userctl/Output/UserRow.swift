internal import Foundation
internal import ThinGRPCProtobuf
internal import ThinGRPCWellKnownTypes
internal import UserProtos

/// A user as it is printed.
struct UserRow: Printable {
  let id: String
  let email: String
  let name: String
  let plan: String
  let createdAt: String?

  enum CodingKeys: String, CodingKey {
    case id, email, name, plan
    case createdAt = "created_at"
  }

  init(_ user: User) {
    id = user.id
    email = user.email
    name = user.name
    plan = PlanName.text(of: user.plan)
    createdAt = user.hasCreatedAt ? Self.text(of: user.createdAt) : nil
  }

  var text: String {
    [
      id.forTerminal(width: 36), email.forTerminal(width: 30), name.forTerminal(width: 24),
      plan.forTerminal(width: 10), createdAt ?? "",
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
