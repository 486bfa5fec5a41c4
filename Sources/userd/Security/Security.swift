internal import Logging
internal import ThinGRPC
internal import ThinGRPCAuthorization
internal import ThinGRPCJWT

/// What the security options come to.
struct Security {
  let addresses: [ListeningAddress]
  /// Find out who calls, then whether that one may.
  let interceptors: [any ServerInterceptor]
  private let certificates: WatchedCertificates?
  private let logger: Logger

  /// Reads certificates, policy and keys, which are watched from then on.
  ///
  /// - Throws: `SetupError`, `AuthorizationPolicyError` or `JWKSError` that says which file cannot be used, and why.
  init(_ options: SecurityOptions, listeningOn listen: [ListenOption], logger: Logger) async throws {
    self.logger = logger
    certificates = try options.watchedCertificates(logger: logger)
    let tls = certificates.map { ServerCredentials.tls(options.tlsConfiguration($0)) }
    addresses = try listen.map { option in
      let address = ListeningAddress(option.address, credentials: option.isTLS ? tls ?? .insecure : .insecure)
      guard try option.isTLS || options.allowPlaintext || address.staysOnMachine() else {
        throw PlaintextForNetwork(address: option.address)
      }
      return address
    }
    var interceptors: [any ServerInterceptor] = []
    if let authenticator = try await options.authenticator(logger: logger) {
      interceptors.append(authenticator)
    }
    if let authorization = try options.authorization(logger: logger) { interceptors.append(authorization) }
    self.interceptors = interceptors
  }

  /// Looks at the certificates' files at each signal.
  func reload(on signals: AsyncStream<Int32>) async {
    for await _ in signals {
      // What is refused is logged by the watch.
      let isReplaced = (try? certificates?.reload()) ?? false
      logger.info("looked at the certificates", metadata: ["replaced": "\(isReplaced)"])
    }
  }
}

/// An address without TLS that other machines can reach, which nobody has asked for.
struct PlaintextForNetwork: Error, CustomStringConvertible {
  let address: String

  var description: String {
    "Other machines can reach \(address), which is without TLS: put tls:// before it, with --tls-cert and --tls-key, or give "
      + "--allow-plaintext"
  }
}

extension SecurityOptions {
  /// The calls that nobody decides about.
  private var openPaths: [String] { openHealth ? ["/grpc.health.v1.Health/*"] : [] }

  fileprivate func watchedCertificates(logger: Logger) throws(SetupError) -> WatchedCertificates? {
    guard let tlsCert, let tlsKey else { return nil }
    return try WatchedCertificates(
      identity: TLSIdentity(certificateChain: .file(tlsCert), privateKey: .file(tlsKey)),
      roots: tlsClientAuthorities.map { .file($0) }
    ) { event in
      switch event {
      case .replaced: logger.notice("certificates replaced")
      case .refused(let error):
        logger.error("certificates not replaced: those before are used", metadata: ["reason": "\(error)"])
      case .expired: logger.error("the certificate has expired", metadata: ["path": "\(tlsCert)"])
      }
    }
  }

  fileprivate func tlsConfiguration(_ certificates: WatchedCertificates) -> ServerTLSConfiguration {
    var configuration = ServerTLSConfiguration(certificates: certificates)
    if tlsClientAuthorities != nil {
      configuration.clientCertificates = requireClientCert ? .required : .requested
    }
    configuration.revocationListFolder = tlsRevocationLists
    return configuration
  }

  fileprivate func authenticator(logger: Logger) async throws(JWKSError) -> JWTAuthenticator? {
    guard let jwks, let jwtIssuer, let jwtAudience else { return nil }
    return try await JWTAuthenticator(
      watching: jwks, requiring: JWTRequirements(issuer: jwtIssuer, audience: jwtAudience),
      leavingOpen: openPaths,
      onReload: { logger.notice("keys of tokens replaced") },
      onInvalid: { error in
        logger.error("keys of tokens not replaced: those before are used", metadata: ["reason": "\(error)"])
      })
  }

  fileprivate func authorization(
    logger: Logger
  ) throws(AuthorizationPolicyError) -> AuthorizationPolicyInterceptor? {
    guard let policy else { return nil }
    return try AuthorizationPolicyInterceptor(
      watching: policy, leavingOpen: openPaths,
      auditLog: { audit in
        logger.notice(
          audit.isAuthorized ? "call allowed" : "call refused",
          metadata: [
            "method": "\(audit.method)", "principal": "\(audit.principal)", "peer": "\(audit.peer)",
            "policy": "\(audit.policyName)", "rule": "\(audit.matchedRule)",
          ])
      },
      onReload: { logger.notice("policy replaced", metadata: ["policy": "\($0.name)"]) },
      onInvalid: { error in
        logger.error("policy not replaced: the one before holds", metadata: ["reason": "\(error)"])
      })
  }
}
