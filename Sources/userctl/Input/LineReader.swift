/// Splits bytes that arrive in pieces into lines. Empty lines are skipped.
struct LineReader {
  struct Line: Hashable {
    /// The line's number, from 1.
    let number: Int
    let bytes: [UInt8]
  }

  /// The longest line, in bytes, so that a file without lines cannot fill the memory.
  static let lineLimit = 64 * 1024

  private var pending: [UInt8] = []
  private var number = 1

  /// Takes up the next bytes and returns the lines that they complete, without their ends.
  ///
  /// - Throws: `CommandError` for a line longer than the limit.
  mutating func read(_ bytes: [UInt8]) throws(CommandError) -> [Line] {
    var lines: [Line] = []
    var rest = bytes[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      try append(rest[..<end])
      lines += endLine()
      rest = rest[(end + 1)...]
    }
    try append(rest)
    return lines
  }

  /// Returns the last line, where no line end follows it.
  mutating func finish() -> [Line] {
    endLine()
  }

  private mutating func append(_ bytes: ArraySlice<UInt8>) throws(CommandError) {
    guard pending.count + bytes.count <= Self.lineLimit else {
      throw .malformed("line \(number): a line is longer than \(Self.lineLimit) bytes")
    }
    pending += bytes
  }

  private mutating func endLine() -> [Line] {
    defer {
      pending.removeAll(keepingCapacity: true)
      number += 1
    }
    if pending.last == UInt8(ascii: "\r") { pending.removeLast() }
    return pending.isEmpty ? [] : [Line(number: number, bytes: pending)]
  }
}
