internal import GRPCRuntime

/// How a server does TLS.
///
/// ```swift
/// let identity = TLSIdentity(certificateChain: .file("server.pem"), privateKey: .file("server.key"))
/// let server = try Server(
///   listeningOn: ["0.0.0.0:443"], credentials: .tls(ServerTLSConfiguration(identity: identity)), services: [])
/// ```
///
/// HTTP/2 must be agreed on (ALPN), with TLS 1.2 or 1.3 and ciphers that are fit for it. Rests on `grpc_tls_server_credentials_create`.
@dynamicMemberLookup
public struct ServerTLSConfiguration: Sendable {
  private var settings: TLSSettings

  /// Whether clients are asked for certificates: required where there are roots to verify them with, otherwise not requested.
  public var clientCertificates: ClientCertificatePolicy

  /// What both sides have in common, such as `verifier`: the properties of ``TLSSettings``.
  public subscript<Value>(dynamicMember setting: WritableKeyPath<TLSSettings, Value>) -> Value {
    get { settings[keyPath: setting] }
    set { settings[keyPath: setting] = newValue }
  }

  /// TLS with a certificate that stays as it is.
  ///
  /// - Parameters:
  ///   - identity: the server's certificate and key.
  ///   - clientRoots: the certificates that those of clients must go back to. With them, clients must have one.
  public init(identity: TLSIdentity, clientRoots: PEMSource? = nil) {
    self.init(.fixed(CertificateSources(identity: identity, roots: clientRoots)))
  }

  /// TLS with certificates that are replaced while the server runs. With roots among them, clients must have a certificate.
  public init(certificates: WatchedCertificates) {
    self.init(.watched(certificates))
  }

  private init(_ certificates: TLSSettings.Certificates) {
    settings = TLSSettings(certificates)
    clientCertificates = settings.hasRoots ? .required : .notRequested
  }

  func makeHandle() throws(SetupError) -> ServerCredentialsHandle {
    guard settings.hasIdentity else {
      throw SetupError(
        .invalidConfiguration, "A server needs a certificate and a key for TLS, and there are none")
    }
    let verification: TLSOptions.ClientCertificates
    switch clientCertificates {
    case .notRequested: verification = .notRequested
    case .requested: verification = .requested
    case .required: verification = .required
    case .requestedUnverified: return try makeUnverifiedHandle()
    }
    if verification != .notRequested, !settings.hasRoots {
      throw SetupError(
        .invalidConfiguration,
        "Clients' certificates are to be verified, but there are no roots to verify them with")
    }
    guard let handle = try settings.makeOptions().makeServerCredentials(verification) else {
      throw TLSSettings.noTLS13
    }
    return handle
  }

  private func makeUnverifiedHandle() throws(SetupError) -> ServerCredentialsHandle {
    guard case .fixed(let sources) = settings.certificates, settings.verifier == nil,
      settings.revocationListFolder == nil, settings.keyLogFile == nil, settings.minimumVersion == .tls12
    else {
      throw SetupError(
        .invalidConfiguration,
        "A server that does not verify the certificates that it asks for has neither watched certificates, nor a verifier, "
          + "lists of revoked certificates, a log of keys or another minimum version than TLS 1.2")
    }
    guard let identity = try sources.load().identity else {
      throw SetupError(
        .invalidConfiguration, "A server needs a certificate and a key for TLS, and there are none")
    }
    return .tlsWithUnverifiedClients(identity)
  }
}
