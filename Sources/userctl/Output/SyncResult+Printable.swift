internal import ConsoleProgram
internal import ThinGRPC
internal import ThinGRPCProtobuf
internal import UserProtos

/// The result of an update as it is printed.
extension SyncResult: Printable {
  var text: String {
    ok
      ? "ok       \(id.forTerminal(width: 0))"
      : "refused  \(id.forTerminal(width: 36))  \(StatusCode(rawValue: code))  \(message.forTerminal(width: 0))"
  }
}
