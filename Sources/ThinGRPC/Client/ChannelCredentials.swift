internal import GRPCRuntime

/// How a channel proves who it is and whom it trusts.
public struct ChannelCredentials: Sendable {
  private indirect enum Kind {
    case insecure
    case xds(fallback: ChannelCredentials)
  }
  private let kind: Kind

  /// No encryption and no proof of identity: for trusted networks and unix sockets.
  public static let insecure = ChannelCredentials(kind: .insecure)

  /// What the xDS control plane says of each cluster's security; `fallback` where it says nothing of one, and for targets that are
  /// no `xds:///` (gRFC A29). See <doc:XDS>.
  public static func xds(fallback: ChannelCredentials) -> ChannelCredentials {
    ChannelCredentials(kind: .xds(fallback: fallback))
  }

  func makeHandle() -> ChannelCredentialsHandle {
    switch kind {
    case .insecure: .insecure()
    case .xds(let fallback): .xds(fallback: fallback.makeHandle())
    }
  }
}
