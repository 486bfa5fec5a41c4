internal import ThinGRPC

/// What a policy looks at, of a call that a server serves. Each is found out when it is asked for.
struct ServedCallFacts: CallFacts {
  private let context: ServerContext

  init(_ context: ServerContext) {
    self.context = context
  }

  var path: String { context.method.path }

  var peerAddress: String { context.peer.address }

  /// What interceptors have found out, and the names in the verified certificate of the client: its URIs, its DNS names, its subject.
  var principals: [String] {
    let found = CallPrincipal.current?.names ?? []
    guard let identity = context.peer.identity else { return found }
    let certified = identity.uris + identity.dnsNames + [identity.subject]
    // A certificate must not stand for what another proof is needed for.
    return found + certified.filter { !$0.isEmpty && !$0.utf8.starts(with: "jwt:".utf8) }
  }

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
