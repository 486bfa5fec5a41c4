/// Rules for encoding a message.
public struct EncodingOptions: Hashable, Sendable {
  /// Whether a message may lack fields that are required; it is refused unless set.
  public var allowsMissingRequiredFields: Bool

  /// Rules of your own.
  ///
  /// - Parameter allowsMissingRequiredFields: whether a message may lack fields that are required.
  @inlinable public init(allowsMissingRequiredFields: Bool = false) {
    self.allowsMissingRequiredFields = allowsMissingRequiredFields
  }
}
