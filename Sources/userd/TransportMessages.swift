internal import Logging
internal import ThinGRPC

/// Has what the transport says in the log too: connections refused, and the gRPC core's errors.
func logTransportMessages(with logger: Logger) {
  TransportLog.setHandler { severity, message in
    logger.log(
      level: severity == .warning ? .warning : .error, "transport", metadata: ["message": "\(message)"])
  }
}
