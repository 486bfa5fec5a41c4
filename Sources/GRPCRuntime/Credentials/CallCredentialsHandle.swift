internal import CGRPCShim
internal import Glibc

/// A `grpc_call_credentials`, owned: what a call sends to prove who makes it.
///
/// The core sends it over a connection that keeps it private and unchanged, and ends the call otherwise. All that are made here ask for that.
@safe package final class CallCredentialsHandle: Sendable {
  // Sendable: the core counts references to credentials atomically, and they may be used from any thread.
  nonisolated(unsafe) let pointer: OpaquePointer

  private init?(adopting pointer: OpaquePointer?) {
    guard let pointer = unsafe pointer else { return nil }
    unsafe self.pointer = pointer
  }

  deinit {
    unsafe grpc_call_credentials_release(pointer)
  }

  /// Sends one token in `authorization` (`grpc_access_token_credentials_create`).
  ///
  /// - Parameter token: fit for a header.
  package static func accessToken(_ token: String) -> CallCredentialsHandle {
    Environment.initialize()
    return unsafe CallCredentialsHandle(adopting: grpc_access_token_credentials_create(token, nil))!
  }

  /// Signs tokens with the key of a service account (`grpc_service_account_jwt_access_credentials_create`); nil for one that the core
  /// cannot read.
  package static func serviceAccount(keyJSON: String, lifetimeSeconds: Int64) -> CallCredentialsHandle? {
    Environment.initialize()
    let lifetime = gpr_time_from_seconds(lifetimeSeconds, GPR_TIMESPAN)
    return unsafe CallCredentialsHandle(
      adopting: grpc_service_account_jwt_access_credentials_create(keyJSON, lifetime, nil))
  }

  /// Gets access tokens from Google for a refresh token (`grpc_google_refresh_token_credentials_create`); nil for one that the core
  /// cannot read.
  package static func refreshToken(json: String) -> CallCredentialsHandle? {
    Environment.initialize()
    return unsafe CallCredentialsHandle(adopting: grpc_google_refresh_token_credentials_create(json, nil))
  }

  /// What a token is exchanged by (`grpc_sts_credentials_options`). An empty text stands for none.
  package struct TokenExchange: Sendable {
    package var serviceURI = ""
    package var resource = ""
    package var audience = ""
    package var scope = ""
    package var requestedTokenType = ""
    package var subjectTokenPath = ""
    package var subjectTokenType = ""
    package var actorTokenPath = ""
    package var actorTokenType = ""

    package init() {}
  }

  /// Exchanges a token from a file for access tokens (`grpc_sts_credentials_create`); nil where the core refuses the options.
  package static func tokenExchange(_ exchange: TokenExchange) -> CallCredentialsHandle? {
    Environment.initialize()
    // The core copies the texts, and takes an empty one for none.
    let texts = unsafe [
      exchange.serviceURI, exchange.resource, exchange.audience, exchange.scope, exchange.requestedTokenType,
      exchange.subjectTokenPath, exchange.subjectTokenType, exchange.actorTokenPath, exchange.actorTokenType,
    ].map { (text: String) in unsafe UnsafePointer<CChar>(strdup(text)!) }
    defer { unsafe texts.forEach { unsafe free(UnsafeMutablePointer(mutating: $0)) } }
    var options = unsafe grpc_sts_credentials_options(
      token_exchange_service_uri: texts[0], resource: texts[1], audience: texts[2], scope: texts[3],
      requested_token_type: texts[4], subject_token_path: texts[5], subject_token_type: texts[6],
      actor_token_path: texts[7], actor_token_type: texts[8])
    return unsafe CallCredentialsHandle(adopting: grpc_sts_credentials_create(&options, nil))
  }

  /// Sends what `source` says (`grpc_metadata_credentials_create_from_plugin`).
  package static func asking(_ source: any CallMetadataSource) -> CallCredentialsHandle {
    Environment.initialize()
    return unsafe CallCredentialsHandle(
      adopting: grpc_metadata_credentials_create_from_plugin(
        .asking(source), GRPC_PRIVACY_AND_INTEGRITY, nil))!
  }

  /// Sends what both do (`grpc_composite_call_credentials_create`).
  package static func both(
    _ first: CallCredentialsHandle, _ second: CallCredentialsHandle
  ) -> CallCredentialsHandle {
    unsafe CallCredentialsHandle(
      adopting: grpc_composite_call_credentials_create(first.pointer, second.pointer, nil))!
  }
}
