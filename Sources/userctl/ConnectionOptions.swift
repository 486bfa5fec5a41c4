internal import ArgumentParser
internal import ThinGRPC

/// How the server is known, and how it is to know us.
struct ConnectionOptions: ParsableArguments {
  @Flag(help: "Talk TLS, and take for the server who has a certificate for the name in --addr.")
  var tls = false

  @Option(
    name: .customLong("ca"),
    help: ArgumentHelp(
      "The authorities that the server's certificate must go back to, in PEM; by default the system's. Means --tls.",
      valueName: "path"))
  var authorities: String?

  @Option(
    help: ArgumentHelp("The client's certificate, in PEM. Needs --key, and means --tls.", valueName: "path"))
  var cert: String?

  @Option(help: ArgumentHelp("The private key of the client's certificate, in PEM.", valueName: "path"))
  var key: String?

  @Option(
    help: ArgumentHelp(
      "The name that the server's certificate must be for, where --addr has another. Means --tls.",
      valueName: "name"))
  var serverName: String?

  @Option(
    help: ArgumentHelp(
      "A file with the token to send with each call (bearer). Never sent without TLS.", valueName: "path"))
  var tokenFile: String?

  @Option(
    help: ArgumentHelp(
      "A file with gRPC's service config in JSON: retries, timeouts, balancing.", valueName: "path"))
  var serviceConfig: String?

  private static let prefix = "tls://"

  func validate() throws {
    guard (cert == nil) == (key == nil) else { throw ValidationError("--cert and --key go together") }
  }

  /// Takes over what is said of calls.
  ///
  /// - Throws: `SetupError` if the file cannot be read, or there is no service config in it.
  func configure(_ configuration: inout ChannelConfiguration) throws(SetupError) {
    if let serviceConfig { configuration.serviceConfig = try ServiceConfig(file: serviceConfig) }
  }

  /// What to connect to, and with what credentials.
  ///
  /// - Throws: `SetupError` if the token's file has none.
  func credentials(for address: String) throws -> (target: String, credentials: ChannelCredentials) {
    let hasPrefix = address.lowercased().hasPrefix(Self.prefix)
    let target = hasPrefix ? String(address.dropFirst(Self.prefix.count)) : address
    guard hasPrefix || tls || [authorities, cert, serverName].contains(where: { $0 != nil }) else {
      return (target, adding(to: .insecure))
    }
    let identity = cert.flatMap { cert in
      key.map { TLSIdentity(certificateChain: .file(cert), privateKey: .file($0)) }
    }
    var configuration = ChannelTLSConfiguration(roots: authorities.map { .file($0) }, identity: identity)
    configuration.serverName = serverName
    return (target, adding(to: .tls(configuration)))
  }

  private func adding(to credentials: ChannelCredentials) -> ChannelCredentials {
    tokenFile.map { credentials.adding(.bearer(inFile: $0)) } ?? credentials
  }
}
