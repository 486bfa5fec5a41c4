/// Limits and rules for decoding a message.
public struct DecodingOptions: Hashable, Sendable {
  /// The deepest nesting of messages that is accepted, the outermost counted; 100 unless set.
  public var maximumDepth: Int

  /// The most bytes that are accepted; 2 GiB - 1 unless set, which is protobuf's own limit.
  public var maximumByteCount: Int

  /// The nesting that is accepted by default, and the deepest that is encoded.
  public static let defaultMaximumDepth = 100

  /// What becomes of text that is not UTF-8; it is refused unless set.
  public var text: Text

  /// Whether a message may lack fields that are required; it is refused unless set.
  public var allowsMissingRequiredFields: Bool

  /// What becomes of text that is not UTF-8.
  public enum Text: Hashable, Sendable {
    /// The message is refused.
    case validated
    /// What is not UTF-8 becomes U+FFFD, the replacement character.
    case repaired
  }

  /// Limits of your own; a size above protobuf's limit counts as that limit.
  ///
  /// - Parameters:
  ///   - maximumDepth: the levels of messages, the outermost counted.
  ///   - maximumByteCount: the size of the encoded message in bytes.
  ///   - text: what becomes of text that is not UTF-8.
  ///   - allowsMissingRequiredFields: whether a message may lack fields that are required.
  public init(
    maximumDepth: Int = Self.defaultMaximumDepth, maximumByteCount: Int = Int(Int32.max),
    text: Text = .validated, allowsMissingRequiredFields: Bool = false
  ) {
    self.maximumDepth = maximumDepth
    self.maximumByteCount = min(maximumByteCount, Int(Int32.max))
    self.text = text
    self.allowsMissingRequiredFields = allowsMissingRequiredFields
  }

  /// The memory in bytes, beyond the decoded values themselves, that decoding `byteCount` bytes may take at most: 1 MiB and 40 times
  /// their number. What would take more is refused.
  ///
  /// With the values, the memory of the process grows by less than 64 times the number of bytes at the peak, whatever they are: the
  /// most that was measured is 42 times for the wire format, 43 for text and 53 for JSON.
  public static func memoryBudget(forDecoding byteCount: Int) -> Int {
    1 << 20 &+ 40 &* byteCount
  }
}
