/// How a call failed.
///
/// Thrown by the client for a call whose status is not OK, and thrown by handlers to say which status their call gets.
public struct RPCError: Error, Hashable, Sendable {
  /// The status code; never `ok`.
  public var code: StatusCode
  /// The status message, for people. It travels to the client, so it must hold no secrets. A server cuts one that is longer than
  /// clients take in: see ``ServerConfiguration/maxStatusBytes``.
  public var message: String
  /// The trailing metadata that came, or is to go, with the status. A server leaves out what is more than clients take in.
  public var metadata: Metadata
  /// What the core knows of the failure, for people who debug: set on the client, and never sent.
  public var debugDescription: String?

  /// Makes an error.
  ///
  /// - Parameters:
  ///   - code: the status code. A handler that throws `ok` has its call end with `unknown`.
  ///   - message: the status message, which the client sees.
  ///   - metadata: the trailing metadata to send along.
  public init(_ code: StatusCode, _ message: String, metadata: Metadata = [:]) {
    self.code = code
    self.message = message
    self.metadata = metadata
  }
}

extension RPCError: CustomStringConvertible {
  /// The code and the message, such as `NOT_FOUND: User 42 not found`.
  public var description: String {
    message.isEmpty ? "\(code)" : "\(code): \(message)"
  }
}

extension RPCError {
  /// A message that cannot be encoded or decoded.
  @usableFromInline init(_ error: MessageCodingError) {
    self.init(.internalError, error.reason)
  }
}
