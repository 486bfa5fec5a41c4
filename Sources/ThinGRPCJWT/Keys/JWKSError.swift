/// Why keys are not taken.
public struct JWKSError: Error, Hashable, Sendable {
  /// What is wrong and where, in one line: `keys[1].n: is missing`. Nothing of a key is in it.
  public let message: String
}

extension JWKSError: CustomStringConvertible {
  /// The message.
  public var description: String { message }
}
