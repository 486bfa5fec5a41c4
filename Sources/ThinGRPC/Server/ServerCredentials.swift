internal import GRPCRuntime

/// How a server proves who it is and whom it lets in.
public struct ServerCredentials: Sendable {
  private enum Kind { case insecure }
  private let kind: Kind

  /// No encryption and no proof of identity: for trusted networks and unix sockets.
  public static let insecure = ServerCredentials(kind: .insecure)

  func makeHandle() -> ServerCredentialsHandle {
    switch kind {
    case .insecure: .insecure()
    }
  }
}
