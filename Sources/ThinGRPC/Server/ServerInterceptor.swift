/// Code that runs around the handler of every call: for logging, metrics, authorization.
///
/// Interceptors run in the order in which the server was given them, the first outermost.
public protocol ServerInterceptor: Sendable {
  /// Runs around one call.
  ///
  /// - Parameters:
  ///   - context: the call.
  ///   - next: runs the rest: the next interceptor or the handler. To refuse the call, throw instead of calling it.
  /// - Throws: what `next` throws, or an error of its own; it becomes the call's status.
  func intercept(_ context: ServerContext, next: () async throws -> Void) async throws
}

extension [any ServerInterceptor] {
  /// Runs `body` inside all interceptors.
  func run(_ context: ServerContext, _ body: () async throws -> Void) async throws {
    try await self[...].run(context, body)
  }
}

extension ArraySlice<any ServerInterceptor> {
  fileprivate func run(_ context: ServerContext, _ body: () async throws -> Void) async throws {
    guard let first else { return try await body() }
    try await first.intercept(context) { try await dropFirst().run(context, body) }
  }
}
