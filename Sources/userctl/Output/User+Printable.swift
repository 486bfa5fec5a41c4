internal import ConsoleProgram
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
    // The years 1 to 9999, as protobuf has it: what is beyond them no calendar is asked about.
    guard (-62_135_596_800...253_402_300_799).contains(time.seconds), (0..<1_000_000_000).contains(time.nanos)
    else { return "no time" }
    let seconds = Double(time.seconds) + Double(time.nanos) / 1e9
    return Date(timeIntervalSince1970: seconds).formatted(
      Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}
