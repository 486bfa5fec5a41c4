internal import ThinGRPC
internal import UserProtos

/// The result of an update as it is printed.
struct SyncRow: Printable {
  let id: String
  let ok: Bool
  let code: String
  let message: String

  init(_ result: SyncResult) {
    id = result.id
    ok = result.ok
    code = StatusCode(rawValue: result.code).description
    message = result.message
  }

  var text: String {
    ok
      ? "ok       \(id.forTerminal(width: 0))"
      : "refused  \(id.forTerminal(width: 36))  \(code)  \(message.forTerminal(width: 0))"
  }
}
