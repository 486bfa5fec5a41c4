internal import GRPCRuntime

/// How a server proves who it is and whom it lets in.
public struct ServerCredentials: Sendable {
  private indirect enum Kind {
    case insecure
    case tls(ServerTLSConfiguration)
    case local(LocalConnection)
    case alts
    case xds(fallback: ServerCredentials)
  }

  private let kind: Kind

  /// No encryption and no proof of identity: for trusted networks and unix sockets.
  public static let insecure = ServerCredentials(kind: .insecure)

  /// TLS. Certificates and keys are read when the server is made.
  public static func tls(_ configuration: ServerTLSConfiguration) -> ServerCredentials {
    ServerCredentials(kind: .tls(configuration))
  }

  /// No encryption, but clients only from the same machine, which are refused otherwise; ``Peer/securityLevel`` is the highest
  /// (`grpc_local_server_credentials_create`). The client needs local credentials of the same kind.
  public static func local(_ connection: LocalConnection) -> ServerCredentials {
    ServerCredentials(kind: .local(connection))
  }

  /// Google's ALTS, between Google's own machines (`grpc_alts_server_credentials_create`). Anywhere else the server cannot be made: `SetupError`
  /// with `invalidConfiguration`.
  public static let alts = ServerCredentials(kind: .alts)

  /// What the xDS control plane says of each Listener's security; `fallback` where it says nothing of it, and for a server without
  /// ``ServerConfiguration/xds``. See <doc:XDS>.
  public static func xds(fallback: ServerCredentials) -> ServerCredentials {
    ServerCredentials(kind: .xds(fallback: fallback))
  }

  func makeHandle() throws(SetupError) -> ServerCredentialsHandle {
    switch kind {
    case .insecure: return .insecure()
    case .tls(let configuration): return try configuration.makeHandle()
    case .local(let connection): return .local(connection.runtimeValue)
    case .xds(let fallback): return .xds(fallback: try fallback.makeHandle())
    case .alts:
      guard let handle = ServerCredentialsHandle.alts() else { throw .noALTS }
      return handle
    }
  }
}
