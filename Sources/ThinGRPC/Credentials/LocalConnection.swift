internal import GRPCRuntime

/// A connection that does not leave the machine (`grpc_local_connect_type`).
public enum LocalConnection: Sendable, Hashable {
  /// One through a unix socket, which the system's permissions protect.
  case unixSocket
  /// One to 127.0.0.1 or ::1, for any process on the machine.
  case loopback

  var runtimeValue: GRPCRuntime.LocalConnection {
    switch self {
    case .unixSocket: .unixSocket
    case .loopback: .loopback
    }
  }
}

extension SetupError {
  static let noALTS = SetupError(
    .invalidConfiguration,
    "ALTS is for Google's own machines, and the core does not take this one for such a machine")
}
