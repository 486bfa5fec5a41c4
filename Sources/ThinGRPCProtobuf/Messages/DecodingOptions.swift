/// Limits for decoding a message.
public struct DecodingOptions: Hashable, Sendable {
  /// The deepest nesting of messages that is accepted, the outermost counted; 100 unless set.
  public var maximumDepth: Int

  /// The most bytes that are accepted; 2 GiB - 1 unless set, which is protobuf's own limit.
  public var maximumByteCount: Int

  /// The nesting that is accepted by default, and the deepest that is encoded.
  public static let defaultMaximumDepth = 100

  /// Limits of your own; a size above protobuf's limit counts as that limit.
  ///
  /// - Parameters:
  ///   - maximumDepth: the levels of messages, the outermost counted.
  ///   - maximumByteCount: the size of the encoded message in bytes.
  public init(
    maximumDepth: Int = Self.defaultMaximumDepth, maximumByteCount: Int = Int(Int32.max)
  ) {
    self.maximumDepth = maximumDepth
    self.maximumByteCount = min(maximumByteCount, Int(Int32.max))
  }

  /// The memory in bytes, beyond the decoded values themselves, that decoding `byteCount` bytes may take at most:
  /// 1 MiB and 32 times their number.
  public static func memoryBudget(forDecoding byteCount: Int) -> Int {
    1 << 20 + 32 * byteCount
  }
}
