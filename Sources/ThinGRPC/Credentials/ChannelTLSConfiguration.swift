internal import GRPCRuntime

/// How a channel does TLS.
///
/// By default it trusts the authorities that the system trusts, and talks to a server with a certificate for the name in the channel's
/// target. Rests on `grpc_tls_credentials_create`.
@dynamicMemberLookup
public struct ChannelTLSConfiguration: Sendable {
  /// Whom a channel takes for its server.
  public enum ServerVerification: Sendable, Hashable {
    /// A server with a certificate of a trusted authority, for the name that is connected to.
    case full
    /// A server with a certificate of a trusted authority, for whatever name. Add a verifier.
    case withoutName
    /// Anyone: what is sent can be read and changed by whoever is in between. For first steps, or with a verifier that knows the
    /// very certificate.
    case none
  }

  private var settings: TLSSettings

  /// The name that the server's certificate must be for, in place of the one in the target; also sent to the server, and the authority of
  /// calls. Nil, the default, takes the target's.
  public var serverName: String?
  /// Whom the channel takes for its server: one with a certificate of a trusted authority, for the name that is connected to.
  public var serverVerification = ServerVerification.full

  /// What both sides have in common, such as `verifier`: the properties of ``TLSSettings``.
  public subscript<Value>(dynamicMember setting: WritableKeyPath<TLSSettings, Value>) -> Value {
    get { settings[keyPath: setting] }
    set { settings[keyPath: setting] = newValue }
  }

  /// TLS with certificates that stay as they are.
  ///
  /// - Parameters:
  ///   - roots: the certificates that the server's must go back to; nil for those of the system.
  ///   - identity: the client's certificate and key, for servers that ask for one.
  public init(roots: PEMSource? = nil, identity: TLSIdentity? = nil) {
    settings = TLSSettings(.fixed(CertificateSources(identity: identity, roots: roots)))
  }

  /// TLS with certificates that are replaced while the channel is used. Without roots among them, the system's are taken.
  public init(certificates: WatchedCertificates) {
    settings = TLSSettings(.watched(certificates))
  }

  func makeHandle() throws(SetupError) -> ChannelCredentialsHandle {
    if let serverName, serverName.isEmpty || serverName.utf8.contains(0) {
      throw SetupError(.invalidConfiguration, "\(serverName.quotedForMessage) is no name of a server")
    }
    let verification: TLSOptions.ServerVerification =
      switch serverVerification {
      case .full: .full
      case .withoutName: .withoutName
      case .none: .none
      }
    guard let handle = try settings.makeOptions().makeChannelCredentials(verification) else {
      throw TLSSettings.noTLS13
    }
    return handle
  }
}
