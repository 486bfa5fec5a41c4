internal import Logging
internal import ThinGRPC

/// Logs one line for each call at `debug`: method, status, duration and peer, nothing of the messages.
struct CallLog: ServerInterceptor {
  let logger: Logger

  func intercept(_ context: ServerContext, next: () async throws -> Void) async throws {
    guard logger.logLevel <= .debug else { return try await next() }
    let start = ContinuousClock.now
    do {
      try await next()
      log(context, code: .ok, since: start)
    } catch {
      log(context, code: (error as? RPCError)?.code ?? .unknown, since: start)
      throw error
    }
  }

  private func log(_ context: ServerContext, code: StatusCode, since start: ContinuousClock.Instant) {
    let microseconds = (ContinuousClock.now - start) / .microseconds(1)
    logger.debug(
      "call",
      metadata: [
        "method": "\(context.method.path)", "code": "\(code)", "microseconds": "\(Int(microseconds))",
        "peer": "\(context.peer.address)",
      ])
  }
}
