internal import GRPCRuntime

/// What the transport below calls and servers has to say that is part of no call: that connections are refused for want of
/// descriptors, that a client was disconnected, and every error that the gRPC core logs.
///
/// One log for the whole process, because the core has one. Without a handler nothing is said. Where `GRPC_VERBOSITY` or
/// `GRPC_TRACE` is set in the environment, the core writes its own log to standard error, and its errors do not come here.
public enum TransportLog {
  /// How bad something is.
  public enum Severity: Sendable {
    /// Something is wrong that the library deals with.
    case warning
    /// The core says that something failed (`GPR_LOG_SEVERITY_ERROR`).
    case error
  }

  /// Has `handler` called with everything that is said from now on, in place of the handler before.
  ///
  /// Calls come one at a time, on a thread of the log's own: the handler may block, and may use this library. At most ten
  /// messages are handed over in a second, for clients can make the core say things; a last one then tells how many were left
  /// out.
  ///
  /// - Parameter handler: takes the severity and the message, one line mostly; nil to hear nothing more.
  public static func setHandler(_ handler: (@Sendable (Severity, String) -> Void)?) {
    guard let handler else { return Notices.setHandler(nil) }
    Notices.setHandler { severity, message in
      switch severity {
      case .warning: handler(.warning, message)
      case .error: handler(.error, message)
      }
    }
  }
}
