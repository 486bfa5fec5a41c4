internal import GRPCRuntime

/// What both sides of TLS have in common: the properties of these are properties of ``ServerTLSConfiguration`` and
/// ``ChannelTLSConfiguration``.
public struct TLSSettings: Sendable {
  enum Certificates: Sendable {
    case fixed(CertificateSources)
    case watched(WatchedCertificates)
  }

  let certificates: Certificates
  /// The oldest version of TLS that is spoken: 1.2.
  public var minimumVersion = TLSVersion.tls12
  /// A folder of lists of revoked certificates, named as `openssl rehash` names them; nil, the default, has none looked at.
  ///
  /// A peer is refused whose certificate is in the list of its authority, or whose authority's list has expired. Without a list of the
  /// authority it is taken: the core does so. Lists are read when first needed, and again when the certificates are replaced.
  public var revocationListFolder: String?
  /// A file that the secrets of every connection are appended to, so that a recording of it can be read; nil, the default, for none. It is
  /// made for its owner alone. Never in production.
  public var keyLogFile: String?
  /// Decides on each peer that has sent a certificate, once that has been verified as far as it is at all; nil, the default, for none.
  public var verifier: PeerVerification?
  /// How long the verifier may take: 5 seconds. Then its task is cancelled and the peer refused.
  public var verifierTimeLimit = Duration.seconds(5)

  init(_ certificates: Certificates) {
    self.certificates = certificates
  }

  var hasIdentity: Bool {
    switch certificates {
    case .fixed(let sources): sources.identity != nil
    case .watched(let certificates): certificates.hasIdentity
    }
  }

  var hasRoots: Bool {
    switch certificates {
    case .fixed(let sources): sources.roots != nil
    case .watched(let certificates): certificates.hasRoots
    }
  }

  /// Reads the certificates, and looks at the files.
  ///
  /// - Throws: `SetupError` with `invalidCertificate` or `invalidConfiguration`.
  func makeOptions() throws(SetupError) -> TLSOptions {
    var options = TLSOptions(certificates: try makeProvider())
    options.requiresTLS13 = minimumVersion == .tls13
    if let folder = revocationListFolder {
      do { try CertificateFile.checkRevocationLists(in: folder) } catch {
        throw SetupError(
          .invalidCertificate,
          "The folder \(folder.quotedForMessage) of revoked certificates cannot be used: \(error.text)")
      }
      options.revocationListFolder = folder
    }
    if let file = keyLogFile {
      // The core would make it readable for everyone, and go on without where it cannot.
      do { try CertificateFile.prepareKeyLog(file) } catch {
        throw SetupError(
          .invalidConfiguration, "Keys cannot be logged to \(file.quotedForMessage): \(error.text)")
      }
      options.keyLogFile = file
    }
    if let verifier { options.verifier = PeerVerifier(timeLimit: verifierTimeLimit, verifier) }
    return options
  }

  private func makeProvider() throws(SetupError) -> CertificateProvider? {
    switch certificates {
    case .watched(let certificates): certificates.provider
    case .fixed(let sources) where sources.identity == nil && sources.roots == nil: nil
    case .fixed(let sources): CertificateProvider(fixed: try sources.load())
    }
  }

  static let noTLS13 = SetupError(
    .invalidConfiguration, "With this version of the gRPC core, TLS 1.3 cannot be required")
}
