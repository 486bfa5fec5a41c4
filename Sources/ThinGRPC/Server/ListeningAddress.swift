internal import GRPCRuntime

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

extension ListeningAddress {
  /// Whether only the machine itself can connect: through a unix socket, or to `localhost` or a number of the loopback interface. Another
  /// name is not looked up, and does not count.
  ///
  /// - Throws: `SetupError` with `invalidAddress` if the address is none.
  public func staysOnMachine() throws(SetupError) -> Bool {
    switch try Address(address, for: .listening).place {
    case .unix, .unixAbstract: true
    case .tcp("localhost", _), .tcp("[::1]", _): true
    case .tcp(let host, _): NumericHost.isIPv4(host) && host.hasPrefix("127.")
    case .target, .controlPlane: false
    }
  }
}
