internal import ThinGRPC

/// Reads text format token by token. Blanks and comments before a token are passed over with the token before it.
@safe struct TextFormatScanner {
  let text: UnsafeBufferPointer<UInt8>
  /// Where the next token begins.
  var position = 0

  init(_ text: UnsafeBufferPointer<UInt8>) {
    unsafe self.text = text
    skipBlanks()
  }

  var isAtEnd: Bool { unsafe position == text.count }

  /// The byte at the position, or one further on; NUL at the end, which no token begins with.
  func byte(ahead distance: Int = 0) -> UInt8 {
    unsafe position + distance < text.count ? text[position + distance] : 0
  }

  /// Whether the next token is this symbol.
  func isAt(_ symbol: Unicode.Scalar) -> Bool { byte() == UInt8(ascii: symbol) }

  /// Takes the next token if it is this symbol.
  mutating func take(_ symbol: Unicode.Scalar) -> Bool {
    guard isAt(symbol) else { return false }
    position += 1
    skipBlanks()
    return true
  }

  /// Takes the next token, which has to be this symbol.
  mutating func expect(_ symbol: Unicode.Scalar) throws(MessageCodingError) {
    guard take(symbol) else { throw failure("\"\(symbol)\" is expected") }
  }

  /// The next token if it is a name.
  mutating func name() -> UnsafeBufferPointer<UInt8>? {
    guard byte().isLetter else { return nil }
    let start = position
    while byte().isLetter || byte().isDigit { position += 1 }
    let name = unsafe UnsafeBufferPointer(rebasing: text[start..<position])
    skipBlanks()
    return unsafe name
  }

  /// Passes over blanks and comments.
  mutating func skipBlanks() {
    while true {
      switch byte() {
      case UInt8(ascii: " "), 0x09...0x0d: position += 1
      case UInt8(ascii: "#"):
        while !isAtEnd, byte() != UInt8(ascii: "\n") { position += 1 }
      default: return
      }
    }
  }

  /// The error for text that is not as it should be, by default at the next token.
  func failure(_ reason: String, at position: Int? = nil) -> MessageCodingError {
    let before = unsafe text[..<(position ?? self.position)]
    let line = unsafe 1 + before.count { $0 == UInt8(ascii: "\n") }
    let lineStart = unsafe before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    // Characters, not bytes: those that continue a character do not count.
    let column = unsafe 1 + before[lineStart...].count { $0 & 0xc0 != 0x80 }
    return MessageCodingError("Line \(line), column \(column): \(reason)")
  }

  /// The error for text that would take more memory than its size allows.
  func memoryIsSpent() -> MessageCodingError {
    failure("Reading the text needs more memory than its size may take")
  }
}

extension UInt8 {
  /// Whether a name can begin with it.
  var isLetter: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
    default: false
    }
  }

  var isDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }

  var isOctalDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "7") ~= self }

  /// What it counts as a hexadecimal digit; nil when it is none.
  var hexadecimalDigit: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
