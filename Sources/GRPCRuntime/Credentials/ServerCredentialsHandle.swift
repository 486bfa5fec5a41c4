internal import CGRPCShim

/// A `grpc_server_credentials`, owned.
@safe package struct ServerCredentialsHandle: ~Copyable {
  let pointer: OpaquePointer

  /// No transport security (`grpc_insecure_server_credentials_create`).
  package static func insecure() -> ServerCredentialsHandle {
    Environment.initialize()
    return unsafe ServerCredentialsHandle(pointer: grpc_insecure_server_credentials_create())
  }

  deinit {
    unsafe grpc_server_credentials_release(pointer)
  }
}

extension ServerCredentialsHandle {
  /// For connections within the machine (`grpc_local_server_credentials_create`).
  package static func local(_ connection: LocalConnection) -> ServerCredentialsHandle {
    Environment.initialize()
    return unsafe ServerCredentialsHandle(pointer: grpc_local_server_credentials_create(connection.coreValue))
  }

  /// Google's ALTS (`grpc_alts_server_credentials_create`); nil where the machine is none of Google's.
  package static func alts() -> ServerCredentialsHandle? {
    Environment.initialize()
    let options = unsafe grpc_alts_credentials_server_options_create()
    defer { unsafe grpc_alts_credentials_options_destroy(options) }
    guard let pointer = unsafe grpc_alts_server_credentials_create(options) else { return nil }
    return unsafe ServerCredentialsHandle(pointer: pointer)
  }

  /// TLS that asks clients for a certificate and verifies none (`grpc_ssl_server_credentials_create_ex`): unlike `TLSOptions`, so that
  /// the context of a call tells the one from the other.
  package static func tlsWithUnverifiedClients(_ identity: CertificateMaterial.Identity)
    -> ServerCredentialsHandle
  {
    Environment.initialize()
    let pointer = unsafe identity.key.withCString { key in
      unsafe identity.chain.withCString { chain in
        var pair = unsafe grpc_ssl_pem_key_cert_pair(private_key: key, cert_chain: chain)
        return unsafe grpc_ssl_server_credentials_create_ex(
          nil, &pair, 1, GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_BUT_DONT_VERIFY, nil)
      }
    }
    return unsafe ServerCredentialsHandle(pointer: pointer!)
  }
}
