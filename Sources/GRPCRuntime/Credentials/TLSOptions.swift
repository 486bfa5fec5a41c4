internal import CGRPCShim

/// A `grpc_tls_credentials_options`: how TLS is done, on either side.
package struct TLSOptions: Sendable {
  /// Certificates and keys; nil on a client that takes the system's roots and has no certificate.
  package var certificates: CertificateProvider?
  package var requiresTLS13 = false
  /// A folder of lists of revoked certificates, by the names that OpenSSL looks for.
  package var revocationListFolder: String?
  /// A file that the keys of each session are appended to.
  package var keyLogFile: String?
  package var verifier: PeerVerifier?

  package init(certificates: CertificateProvider?) {
    self.certificates = certificates
  }

  /// The options that both sides have, in the core's form; nil where this core cannot require TLS 1.3.
  private func makeOptions() -> OpaquePointer? {
    let options = unsafe grpc_tls_credentials_options_create()!
    // First: it looks at options that nobody has changed.
    if requiresTLS13, unsafe !thin_require_tls_1_3(options) { return nil }
    if let certificates {
      unsafe grpc_tls_credentials_options_set_certificate_provider(options, certificates.pointer)
      if certificates.hasIdentity {
        unsafe grpc_tls_credentials_options_watch_identity_key_cert_pairs(options)
      }
      if certificates.hasRoots { unsafe grpc_tls_credentials_options_watch_root_certs(options) }
    }
    if let revocationListFolder {
      unsafe grpc_tls_credentials_options_set_crl_directory(options, revocationListFolder)
    }
    if let keyLogFile {
      unsafe grpc_tls_credentials_options_set_tls_session_key_log_file_path(options, keyLogFile)
    }
    return unsafe options
  }

  private func setVerifier(of options: OpaquePointer, checksName: Bool) {
    let verifier = unsafe CoreVerifier.make(verifier, checksName: checksName)
    unsafe grpc_tls_credentials_options_set_certificate_verifier(options, verifier)
    unsafe grpc_tls_certificate_verifier_release(verifier)
  }

  /// Whom a client takes for its server.
  package enum ServerVerification: Sendable {
    /// One with a certificate of a known authority, for the name that is connected to.
    case full
    /// One with a certificate of a known authority.
    case withoutName
    /// Anyone.
    case none
  }

  /// A client's credentials (`grpc_tls_credentials_create`); nil where this core cannot require TLS 1.3.
  package func makeChannelCredentials(_ verification: ServerVerification) -> ChannelCredentialsHandle? {
    Environment.initialize()
    guard let options = unsafe makeOptions() else { return nil }
    unsafe grpc_tls_credentials_options_set_verify_server_cert(options, verification == .none ? 0 : 1)
    unsafe grpc_tls_credentials_options_set_check_call_host(options, verification == .full ? 1 : 0)
    unsafe setVerifier(of: options, checksName: verification == .full)
    return unsafe ChannelCredentialsHandle(pointer: grpc_tls_credentials_create(options))
  }

  /// What a server makes of its clients' certificates.
  package enum ClientCertificates: Sendable {
    case notRequested, requested, required
  }

  /// A server's credentials (`grpc_tls_server_credentials_create`); nil where this core cannot require TLS 1.3.
  package func makeServerCredentials(_ clientCertificates: ClientCertificates) -> ServerCredentialsHandle? {
    Environment.initialize()
    guard let options = unsafe makeOptions() else { return nil }
    let request =
      switch clientCertificates {
      case .notRequested: GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
      case .requested: GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY
      case .required: GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
      }
    unsafe grpc_tls_credentials_options_set_cert_request_type(options, request)
    if clientCertificates != .notRequested { unsafe setVerifier(of: options, checksName: false) }
    return unsafe ServerCredentialsHandle(pointer: grpc_tls_server_credentials_create(options))
  }
}
