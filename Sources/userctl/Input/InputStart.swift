/// The first bytes of a text, from which a byte order mark is taken.
struct InputStart {
  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// What has come so far, until it is known what it is.
  private var pending: [UInt8]? = []

  /// Takes up the next bytes, and returns them without the mark; none as long as they may be one.
  ///
  /// - Throws: `CommandError` where the mark is that of UTF-16 or UTF-32.
  mutating func read(_ bytes: [UInt8]) throws(CommandError) -> [UInt8] {
    guard var pending else { return bytes }
    pending += bytes
    if pending.starts(with: [0xFF, 0xFE]) || pending.starts(with: [0xFE, 0xFF])
      || pending.starts(with: [0, 0, 0xFE, 0xFF])
    {
      throw .malformed("line 1: the byte order mark is that of UTF-16 or UTF-32; save the file as UTF-8")
    }
    let mayBeMark = [Self.mark, [0xFF, 0xFE], [0xFE, 0xFF], [0, 0, 0xFE, 0xFF]].contains {
      pending.count < $0.count && $0.starts(with: pending)
    }
    self.pending = mayBeMark ? pending : nil
    if mayBeMark { return [] }
    return pending.starts(with: Self.mark) ? Array(pending.dropFirst(Self.mark.count)) : pending
  }

  /// Returns what was kept back, at the end of the input.
  mutating func finish() -> [UInt8] {
    defer { pending = nil }
    return pending ?? []
  }
}
