internal import GRPCRuntime

/// A token that whoever has it may use, with the time for which it is good.
public struct BearerToken: Hashable, Sendable {
  /// The token as it is, without `Bearer`.
  public var token: String
  /// How long it is good from the moment at which it was asked for; nil if it has no end.
  public var lifetime: Duration?

  /// Makes a description of a token.
  ///
  /// - Parameters:
  ///   - token: as it is, without `Bearer`.
  ///   - lifetime: how long it is good from the moment at which it was asked for, such as OAuth's `expires_in`; nil if it has no end.
  public init(_ token: String, lifetime: Duration?) {
    self.token = token
    self.lifetime = lifetime
  }

  /// Why a text cannot be sent as a token; nil where it can. Says nothing of what is in it.
  static func problem(of token: String) -> String? {
    if token.isEmpty { return "A token must not be empty" }
    return token.utf8.allSatisfy { (0x21...0x7E).contains($0) }
      ? nil : "A token may only have printable ASCII characters, and no space"
  }
}

extension BearerToken: CustomStringConvertible {
  /// The lifetime. Not the token: that must not come into a log.
  public var description: String {
    lifetime.map { "a token that is good for \($0)" } ?? "a token without an end"
  }
}

extension CallMetadata {
  /// What a call without credentials ends with: they have failed with `error`.
  static func failure(_ error: any Error) -> CallMetadata {
    let code: StatusCode
    var reason = "\(error)"
    if let error = error as? RPCError {
      reason = error.message
      code = [.unauthenticated, .permissionDenied].contains(error.code) ? error.code : .unavailable
    } else {
      code = .unavailable
    }
    return .failure(code: code.rawValue, message: "The credentials of the call failed: \(reason)")
  }
}
