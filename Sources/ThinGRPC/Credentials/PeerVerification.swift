internal import GRPCRuntime

/// Decides whether to talk to a peer, by its certificate, after the certificate was verified as far as it is at all.
///
/// - Parameters:
///   - identity: the names in the peer's certificate, and what it has sent in PEM. A name with a zero byte in it is left out.
///   - serverName: the name that the client connects to, for which the certificate was issued; nil on a server.
/// - Throws: whatever describes why the connection is refused. The client's calls fail with `unavailable` and the description.
public typealias PeerVerification =
  @Sendable (_ identity: PeerIdentity, _ serverName: String?) async throws -> Void

extension PeerVerifier {
  init(timeLimit: Duration, _ verify: @escaping PeerVerification) {
    self.init(timeLimit: timeLimit) { request in
      do {
        let identity = try PeerIdentity(request)
        try await verify(identity, request.targetName)
        return nil
      } catch {
        return "\(error)"
      }
    }
  }
}

extension PeerIdentity {
  /// The names in the certificate that a peer has sent.
  init(_ request: PeerVerifier.Request) throws(RPCError) {
    let names: [(kind: X509Certificate.NameKind, text: String?)]
    do {
      names = try X509Certificate.all(in: request.certificate)[0].1.names
    } catch {
      throw RPCError(.unauthenticated, "The certificate cannot be read: \(error.text)")
    }
    func all(_ kind: X509Certificate.NameKind) -> [String] {
      names.compactMap { $0.kind == kind ? $0.text : nil }
    }
    self.init(
      subject: all(.subject).first ?? "", commonName: all(.common).first, dnsNames: all(.dns),
      uris: all(.uri),
      emailAddresses: all(.email), ipAddresses: all(.ip),
      spiffeID: names.count { $0.kind == .uri } == 1 ? all(.uri).first { $0.isSPIFFEID } : nil,
      certificateChainPEM: String(decoding: request.chain, as: UTF8.self))
  }
}

extension String {
  /// Whether the string is a SPIFFE ID: with a trust domain, which the core does not look for, and a path.
  var isSPIFFEID: Bool {
    guard hasPrefix("spiffe://"), utf8.count <= 2048 else { return false }
    let parts = split(separator: "/", omittingEmptySubsequences: false)
    return parts.count >= 4 && !parts[3].isEmpty && (1...255).contains(parts[2].utf8.count)
  }
}
