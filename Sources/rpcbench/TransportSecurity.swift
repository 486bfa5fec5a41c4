internal import ArgumentParser
internal import ThinGRPC

/// How the server's connections are secured.
struct ServerSecurity: ParsableArguments {
  @Option(help: ArgumentHelp("Serves with TLS: the certificate chain, in PEM.", valueName: "file"))
  var tlsCert: String?

  @Option(help: ArgumentHelp("The key of --tls-cert, in PEM.", valueName: "file"))
  var tlsKey: String?

  @Option(help: ArgumentHelp("Requires client certificates of these authorities, in PEM.", valueName: "file"))
  var tlsClientCa: String?

  @Option(
    help: ArgumentHelp("Lists of revoked client certificates, named by openssl rehash.", valueName: "folder"))
  var tlsCrl: String?

  func validate() throws {
    if (tlsCert == nil) != (tlsKey == nil) { throw ValidationError("--tls-cert and --tls-key go together") }
    if tlsCert == nil, tlsClientCa != nil || tlsCrl != nil {
      throw ValidationError("--tls-client-ca and --tls-crl need --tls-cert")
    }
  }

  var credentials: ServerCredentials {
    guard let tlsCert, let tlsKey else { return .insecure }
    var configuration = ServerTLSConfiguration(
      identity: TLSIdentity(certificateChain: .file(tlsCert), privateKey: .file(tlsKey)),
      clientRoots: tlsClientCa.map { .file($0) })
    configuration.revocationListFolder = tlsCrl
    return .tls(configuration)
  }
}

/// How connections to a server are secured.
struct ChannelSecurity: ParsableArguments {
  @Flag(help: "Connects with TLS; the server's certificate must be of an authority that the system trusts.")
  var tls = false

  @Option(help: ArgumentHelp("As --tls, but these authorities are trusted, in PEM.", valueName: "file"))
  var tlsCa: String?

  @Option(help: ArgumentHelp("With TLS: the client's certificate chain, in PEM.", valueName: "file"))
  var tlsCert: String?

  @Option(help: ArgumentHelp("The key of --tls-cert, in PEM.", valueName: "file"))
  var tlsKey: String?

  @Option(help: ArgumentHelp("The name that the server's certificate must be for.", valueName: "name"))
  var tlsServerName: String?

  func validate() throws {
    if (tlsCert == nil) != (tlsKey == nil) { throw ValidationError("--tls-cert and --tls-key go together") }
    if !tls, tlsCa == nil, tlsCert != nil || tlsServerName != nil {
      throw ValidationError("--tls-cert and --tls-server-name need --tls or --tls-ca")
    }
  }

  var credentials: ChannelCredentials {
    guard tls || tlsCa != nil else { return .insecure }
    var identity: TLSIdentity?
    if let tlsCert, let tlsKey {
      identity = TLSIdentity(certificateChain: .file(tlsCert), privateKey: .file(tlsKey))
    }
    var configuration = ChannelTLSConfiguration(roots: tlsCa.map { .file($0) }, identity: identity)
    configuration.serverName = tlsServerName
    return .tls(configuration)
  }
}
