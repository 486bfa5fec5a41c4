internal import GRPCRuntime

// What the core itself can do. It speaks to the services that hand out tokens, and keeps a token until it expires.
extension CallCredentials {
  /// Sends tokens that are signed here with the key of a service account: a JWT with the service's URL as its audience, in the header
  /// `authorization`, as `Bearer`. Nobody is asked for them (`grpc_service_account_jwt_access_credentials_create`).
  ///
  /// - Parameters:
  ///   - json: the key as Google hands it out: an object of the type `service_account` with `private_key_id`, `private_key` (RSA, in PEM),
  ///     `client_id` and `client_email`.
  ///   - lifetime: that of each token: 1 hour, which is the most.
  /// - Throws: `SetupError` with `invalidConfiguration` if the key cannot be read.
  public static func serviceAccount(keyJSON json: String, lifetime: Duration = .seconds(3600))
    throws(SetupError)
    -> CallCredentials
  {
    try made("The key of the service account cannot be used") {
      CallCredentialsHandle.serviceAccount(
        keyJSON: json, lifetimeSeconds: min(3600, max(1, lifetime.components.seconds)))
    }
  }

  /// Sends access tokens that Google hands out for a refresh token (`grpc_google_refresh_token_credentials_create`). For services of Google
  /// alone: another one would get a token with which it could act for you.
  ///
  /// - Parameter json: an object of the type `authorized_user` with `client_id`, `client_secret` and `refresh_token`.
  /// - Throws: `SetupError` with `invalidConfiguration` if it cannot be read.
  public static func googleRefreshToken(json: String) throws(SetupError) -> CallCredentials {
    try made("The refresh token cannot be used") { CallCredentialsHandle.refreshToken(json: json) }
  }

  /// Sends access tokens for which a service exchanges a token in a file (RFC 8693, `grpc_sts_credentials_create`).
  ///
  /// The core reads the file for each exchange and sends what is in it as it is: it must have no line break at its end.
  ///
  /// - Throws: `SetupError` with `invalidConfiguration` if a part is missing or has characters that would have to be encoded, or if the
  ///   service would be asked over plain HTTP on another machine.
  public static func tokenExchange(_ exchange: TokenExchange) throws(SetupError) -> CallCredentials {
    if let problem = exchange.problem { throw SetupError(.invalidConfiguration, problem) }
    return try made("The token exchange cannot be used") {
      CallCredentialsHandle.tokenExchange(exchange.handle)
    }
  }

  private static func made(
    _ failure: String, _ make: () -> CallCredentialsHandle?
  ) throws(SetupError) -> CallCredentials {
    let (handle, problem) = CoreLog.capturingError(make)
    guard let handle else {
      throw SetupError(.invalidConfiguration, problem.isEmpty ? failure : "\(failure): \(problem)")
    }
    return CallCredentials(handle)
  }
}
