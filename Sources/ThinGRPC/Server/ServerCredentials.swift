internal import GRPCRuntime

/// How a server proves who it is and whom it lets in.
public struct ServerCredentials: Sendable {
  private indirect enum Kind {
    case insecure
    case xds(fallback: ServerCredentials)
  }
  private let kind: Kind

  /// No encryption and no proof of identity: for trusted networks and unix sockets.
  public static let insecure = ServerCredentials(kind: .insecure)

  /// What the xDS control plane says of each Listener's security; `fallback` where it says nothing of it, and for a server without
  /// ``ServerConfiguration/xds``. See <doc:XDS>.
  public static func xds(fallback: ServerCredentials) -> ServerCredentials {
    ServerCredentials(kind: .xds(fallback: fallback))
  }

  func makeHandle() -> ServerCredentialsHandle {
    switch kind {
    case .insecure: .insecure()
    case .xds(let fallback): .xds(fallback: fallback.makeHandle())
    }
  }
}
