/// Who makes a call, as an interceptor found out from what the call carries, such as a token.
///
/// An authenticator sets it for the rest of the call, with `CallPrincipal.$current.withValue`. Authorization policies compare their
/// principals with its names, beside those in the certificate of the ``Peer``.
public struct CallPrincipal: Hashable, Sendable {
  /// What the caller is known by, the first of them in logs. What an authenticator of tokens finds begins with `jwt:`, and a name in a
  /// certificate that does counts for nothing.
  public var names: [String]

  /// Who makes the call that the current task serves; nil where no interceptor has found out.
  @TaskLocal public static var current: CallPrincipal?

  /// Makes a description of a caller.
  ///
  /// - Parameter names: what the caller is known by.
  public init(names: [String]) {
    self.names = names
  }
}
