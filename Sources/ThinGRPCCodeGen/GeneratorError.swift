/// Why no code could be generated; shown to the user by the protocol compiler.
public struct GeneratorError: Error, Hashable, CustomStringConvertible {
  /// What is wrong and where, in one sentence.
  public let reason: String

  /// Makes an error.
  public init(_ reason: String) { self.reason = reason }

  /// The reason.
  public var description: String { reason }
}
