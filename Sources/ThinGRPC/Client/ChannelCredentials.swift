internal import GRPCRuntime

/// How a channel proves who it is and whom it trusts.
public struct ChannelCredentials: Sendable {
  private enum Kind { case insecure }
  private let kind: Kind

  /// No encryption and no proof of identity: for trusted networks and unix sockets.
  public static let insecure = ChannelCredentials(kind: .insecure)

  func makeHandle() -> ChannelCredentialsHandle {
    switch kind {
    case .insecure: .insecure()
    }
  }
}
