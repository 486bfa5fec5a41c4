internal import GRPCRuntime

/// How a channel proves who it is and whom it trusts.
public struct ChannelCredentials: Sendable {
  private enum Kind { case insecure }
  private let kind: Kind
  /// What all calls send.
  private var callCredentials: CallCredentials?

  private init(kind: Kind) {
    self.kind = kind
  }

  /// No encryption and no proof of identity: for trusted networks and unix sockets.
  public static let insecure = ChannelCredentials(kind: .insecure)

  /// These credentials, with `callCredentials` for all calls, beside those that a call itself has (``CallOptions/credentials``).
  ///
  /// Only of use with transport security: a channel cannot be made of ``insecure`` and call credentials.
  public func adding(_ callCredentials: CallCredentials) -> ChannelCredentials {
    var credentials = self
    credentials.callCredentials = self.callCredentials?.adding(callCredentials) ?? callCredentials
    return credentials
  }

  /// Whether what calls send to prove who makes them is kept private.
  var isPrivate: Bool {
    switch kind {
    case .insecure: false
    }
  }

  /// - Throws: `SetupError` with `invalidConfiguration` for call credentials without transport security.
  func makeHandle() throws(SetupError) -> ChannelCredentialsHandle {
    if callCredentials != nil, !isPrivate {
      throw SetupError(
        .invalidConfiguration, "Call credentials are sent with transport security alone, and this channel has none")
    }
    let handle: ChannelCredentialsHandle =
      switch kind {
      case .insecure: .insecure()
      }
    guard let callCredentials else { return handle }
    return handle.adding(callCredentials.handle)
  }
}
