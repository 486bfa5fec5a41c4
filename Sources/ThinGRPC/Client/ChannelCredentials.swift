internal import GRPCRuntime

/// How a channel proves who it is and whom it trusts.
public struct ChannelCredentials: Sendable {
  private indirect enum Kind {
    case insecure
    case tls(ChannelTLSConfiguration)
    case local(LocalConnection)
    case alts(targetServiceAccounts: [String])
    case xds(fallback: ChannelCredentials)
  }

  private let kind: Kind
  /// What all calls send.
  private var callCredentials: CallCredentials?

  private init(kind: Kind) {
    self.kind = kind
  }

  /// No encryption and no proof of identity: for trusted networks and unix sockets.
  public static let insecure = ChannelCredentials(kind: .insecure)

  /// TLS. Certificates and keys are read when the channel is made.
  public static func tls(_ configuration: ChannelTLSConfiguration = ChannelTLSConfiguration())
    -> ChannelCredentials
  {
    ChannelCredentials(kind: .tls(configuration))
  }

  /// No encryption, but a server on the same machine; other targets fail (`grpc_local_credentials_create`). The server needs local
  /// credentials of the same kind.
  public static func local(_ connection: LocalConnection) -> ChannelCredentials {
    ChannelCredentials(kind: .local(connection))
  }

  /// Google's ALTS, between Google's own machines (`grpc_alts_credentials_create`). Anywhere else the channel cannot be made: `SetupError` with
  /// `invalidConfiguration`.
  ///
  /// - Parameter targetServiceAccounts: the accounts that the server may run as; any if empty.
  public static func alts(targetServiceAccounts: [String] = []) -> ChannelCredentials {
    ChannelCredentials(kind: .alts(targetServiceAccounts: targetServiceAccounts))
  }

  /// What the xDS control plane says of each cluster's security; `fallback` where it says nothing of one, and for targets that are
  /// no `xds:///` (gRFC A29). See <doc:XDS>.
  public static func xds(fallback: ChannelCredentials) -> ChannelCredentials {
    ChannelCredentials(kind: .xds(fallback: fallback))
  }

  /// These credentials, with `callCredentials` for all calls, beside those that a call itself has (``CallOptions/credentials``).
  ///
  /// Only with what keeps them private: TLS, ALTS, or a unix socket on the same machine. See <doc:ProvingWhoCalls>.
  public func adding(_ callCredentials: CallCredentials) -> ChannelCredentials {
    var credentials = self
    credentials.callCredentials = self.callCredentials?.adding(callCredentials) ?? callCredentials
    return credentials
  }

  /// Whether what calls send to prove who makes them is kept private. On the loopback any process may be the server.
  var isPrivate: Bool {
    switch kind {
    case .insecure, .local(.loopback): false
    case .tls, .local(.unixSocket), .alts: true
    case .xds(let fallback): fallback.isPrivate
    }
  }

  /// - Throws: `SetupError` with `invalidConfiguration` for call credentials without transport security, and what is wrong with certificates.
  func makeHandle() throws(SetupError) -> ChannelCredentialsHandle {
    if callCredentials != nil, !isPrivate {
      throw SetupError(
        .invalidConfiguration,
        "Call credentials are sent with transport security alone, and this channel has none")
    }
    let handle = try makeTransportHandle()
    guard let callCredentials else { return handle }
    return handle.adding(callCredentials.handle)
  }

  private func makeTransportHandle() throws(SetupError) -> ChannelCredentialsHandle {
    switch kind {
    case .insecure: return .insecure()
    case .tls(let configuration): return try configuration.makeHandle()
    case .local(let connection): return .local(connection.runtimeValue)
    case .xds(let fallback): return .xds(fallback: try fallback.makeHandle())
    case .alts(let accounts):
      guard let handle = ChannelCredentialsHandle.alts(targetServiceAccounts: accounts) else { throw .noALTS }
      return handle
    }
  }

  /// Adds what the core takes from a channel's arguments.
  func add(to arguments: inout ChannelArguments) {
    if case .tls(let configuration) = kind, let name = configuration.serverName {
      arguments.set("grpc.ssl_target_name_override", .string(name))
    }
  }
}
