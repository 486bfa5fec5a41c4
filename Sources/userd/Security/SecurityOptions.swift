internal import ArgumentParser
internal import ThinGRPC

/// How the daemon proves who it is, and who may do what.
struct SecurityOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The certificate for tls:// addresses, in PEM, followed by those of the authorities in between. What is written there later is \
      taken over once it is whole, fits the key and is valid; SIGHUP has it looked at at once.
      """, valueName: "path"))
  var tlsCert: String?

  @Option(help: ArgumentHelp("The private key of the certificate, in PEM.", valueName: "path"))
  var tlsKey: String?

  @Option(
    name: .customLong("tls-client-ca"),
    help: ArgumentHelp(
      """
      The authorities whose certificates clients may show, in PEM. One that shows another is refused; one that shows none is let \
      in, without an identity.
      """, valueName: "path"))
  var tlsClientAuthorities: String?

  @Flag(help: "Refuse clients that show no certificate.")
  var requireClientCert = false

  @Option(
    name: .customLong("tls-crl-folder"),
    help: ArgumentHelp(
      "Lists of clients' certificates that are revoked, with names by openssl rehash.", valueName: "path"))
  var tlsRevocationLists: String?

  @Option(
    help: ArgumentHelp(
      """
      Who may call what: a policy in JSON (gRFC A43). With one, a call that no rule allows is refused with PERMISSION_DENIED; what is \
      decided against is logged. Watched; a file that is no policy changes nothing.
      """, valueName: "path"))
  var policy: String?

  @Option(
    help: ArgumentHelp(
      """
      The keys that the tokens of clients (bearer JWT) are signed with: a JSON Web Key Set. With it, a call without a good token is \
      refused with UNAUTHENTICATED. Watched. Needs --jwt-issuer and --jwt-audience.
      """, valueName: "path"))
  var jwks: String?

  @Option(help: ArgumentHelp("Who must have issued the tokens.", valueName: "name"))
  var jwtIssuer: String?

  @Option(help: ArgumentHelp("For whom the tokens must be.", valueName: "name"))
  var jwtAudience: String?

  @Flag(
    help: ArgumentHelp(
      """
      Let health checks (grpc.health.v1) through without a token and whatever the policy says: for those who share out calls and have \
      neither.
      """))
  var openHealth = false

  @Flag(
    help:
      "Allow addresses without TLS that other machines can reach: everybody in between can read and change what is sent."
  )
  var allowPlaintext = false

  /// The options by which all this can be given in the environment.
  static let environmentOptions = [
    "tls-cert", "tls-key", "tls-client-ca", "tls-crl-folder", "policy", "jwks", "jwt-issuer", "jwt-audience",
  ]
  static let environmentFlags = ["require-client-cert", "open-health", "allow-plaintext"]

  func validate() throws {
    guard (tlsCert == nil) == (tlsKey == nil) else {
      throw ValidationError("--tls-cert and --tls-key go together")
    }
    for (option, value) in [
      ("--tls-client-ca", tlsClientAuthorities), ("--tls-crl-folder", tlsRevocationLists),
    ] where value != nil && tlsCert == nil {
      throw ValidationError("\(option) needs --tls-cert and --tls-key")
    }
    guard !requireClientCert || tlsClientAuthorities != nil else {
      throw ValidationError("--require-client-cert needs --tls-client-ca, to verify the certificates with")
    }
    guard tlsRevocationLists == nil || tlsClientAuthorities != nil else {
      throw ValidationError(
        "--tls-crl-folder needs --tls-client-ca: it is clients' certificates that are looked up")
    }
    guard jwks == nil || (jwtIssuer != nil && jwtAudience != nil) else {
      throw ValidationError(
        "--jwks needs --jwt-issuer and --jwt-audience: a good signature alone says too little")
    }
    guard !openHealth || policy != nil || jwks != nil else {
      throw ValidationError("--open-health needs --policy or --jwks: without them all calls are let through")
    }
    guard jwks != nil || (jwtIssuer == nil && jwtAudience == nil) else {
      throw ValidationError("--jwt-issuer and --jwt-audience need --jwks")
    }
  }

  /// Whether the addresses fit the other options.
  func validate(_ addresses: [ListenOption]) throws {
    let hasTLS = addresses.contains(where: \.isTLS)
    guard hasTLS || tlsCert == nil else {
      throw ValidationError("There is a certificate, but no --listen with tls:// to use it for")
    }
    guard tlsCert != nil || !hasTLS else {
      throw ValidationError("A --listen with tls:// needs --tls-cert and --tls-key")
    }
  }
}
