/// Whether a server asks its clients for certificates, and what it makes of them (`grpc_ssl_client_certificate_request_type`).
public enum ClientCertificatePolicy: Sendable, Hashable {
  /// Clients are not asked for one.
  case notRequested
  /// Clients are asked for one, and whatever they send is accepted, or nothing. ``Peer/identity`` stays nil: nobody has looked at it.
  case requestedUnverified
  /// Clients are asked for one. One that sends none is let in without an identity; one whose certificate is not verified is not.
  case requested
  /// Clients must send one that is verified.
  case required
}
