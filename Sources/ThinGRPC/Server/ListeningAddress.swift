/// An address that a server listens on, with the credentials of those that connect to it.
public struct ListeningAddress: Sendable {
  /// `host:port` (port 0 for any that is free; an IPv6 address in brackets), `unix:path` or `unix-abstract:name`, of at most 107 bytes.
  /// Percent-encoding is undone, as in a channel's target.
  public var address: String
  /// How connections are secured.
  public var credentials: ServerCredentials

  /// Names an address and its credentials.
  public init(_ address: String, credentials: ServerCredentials) {
    self.address = address
    self.credentials = credentials
  }
}
