internal import ThinGRPC

/// What a policy looks at, of a call that a server serves. Each is found out when it is asked for.
struct ServedCallFacts: CallFacts {
  private let context: ServerContext

  init(_ context: ServerContext) {
    self.context = context
  }

  var path: String { context.method.path }

  var peerAddress: String { context.peer }

  var principals: [String] { [] }

  func headerValue(_ key: String) -> [UInt8]? {
    let values = context.metadata.values(forKey: key)
    if values.isEmpty { return nil }
    return Array(
      values.map { value in
        switch value {
        case .text(let text): Array(text.utf8)
        case .binary(let bytes): bytes
        }
      }.joined(separator: [UInt8(ascii: ",")]))
  }
}
