internal import ThinGRPC

/// What a policy looks at, of a call that a server serves. Each is found out when it is first asked for.
final class ServedCallFacts: CallFacts {
  private let context: ServerContext
  private(set) lazy var path = Array(context.method.path.utf8)
  private lazy var metadata = context.metadata
  private lazy var peer = context.peer

  init(_ context: ServerContext) {
    self.context = context
  }

  var peerAddress: String { peer.address }

  /// What interceptors have found out, and the names in the verified certificate of the client: its URIs, its DNS names, its subject as
  /// gRFC A43 has it, and its common name, which that can only tell from the rest of the subject by the order.
  private(set) lazy var names: [String] = {
    let found = CallPrincipal.current?.names ?? []
    guard let identity = peer.identity else { return found }
    // Nor a DNS name for a URI, which it cannot be: DNS names have no colon.
    let dnsNames = identity.dnsNames.filter { !$0.utf8.contains(UInt8(ascii: ":")) }
    let certified = (identity.uris + dnsNames + [identity.subject]).filter { name in
      // A certificate must not stand for what another proof is needed for.
      !name.isEmpty && !["jwt:", "cn:"].contains { name.utf8.starts(with: $0.utf8) }
    }
    return found + certified + (identity.commonName.map { ["cn:\($0)"] } ?? [])
  }()

  private(set) lazy var principals = names.map { Array($0.utf8) }

  func headerValue(_ key: String) -> [UInt8]? {
    let values = metadata.values(forKey: key)
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
