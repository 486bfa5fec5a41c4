/// Splits bytes that arrive in pieces into lines. Blank lines are skipped, and so is a byte order mark at the start.
struct LineReader {
  struct Line: Hashable {
    /// The line's number, from 1.
    let number: Int
    let bytes: [UInt8]
  }

  /// The longest line, in bytes, so that a file without lines cannot fill the memory.
  static let lineLimit = 64 * 1024

  private var start = InputStart()
  private var pending: [UInt8] = []
  private var number = 1

  /// Takes up the next bytes and returns the lines that they complete, without their ends.
  ///
  /// - Throws: `CommandError` for a line longer than the limit, and for what is not UTF-8 from its first bytes on.
  mutating func read(_ bytes: [UInt8]) throws(CommandError) -> [Line] {
    try split(try start.read(bytes))
  }

  private mutating func split(_ bytes: [UInt8]) throws(CommandError) -> [Line] {
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
  mutating func finish() throws(CommandError) -> [Line] {
    try split(start.finish()) + endLine()
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
    let isBlank = pending.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    return isBlank ? [] : [Line(number: number, bytes: pending)]
  }
}
