/// JSON that is being read, piece by piece.
///
/// It is a copy with a zero at its end, which is no part of any JSON: so nothing has to ask where the end is.
@safe struct JSONInput {
  private let start: UnsafePointer<UInt8>
  /// The next byte.
  var cursor: UnsafePointer<UInt8>
  private let end: UnsafePointer<UInt8>
  let arena: UnsafeMutablePointer<Arena>

  /// What can be read behind the end.
  private static let paddingByteCount = 16

  /// The memory that a copy of `byteCount` bytes takes.
  static func byteCount(forCopying byteCount: Int) -> Int { byteCount + paddingByteCount + 8 }

  /// Nil when the arena's budget is spent.
  init?(copying json: UnsafeRawBufferPointer, _ arena: UnsafeMutablePointer<Arena>) {
    guard let copy = unsafe arena.pointee.allocateWithinBudget(json.count + Self.paddingByteCount) else {
      return nil
    }
    if let source = json.baseAddress { unsafe copy.copyMemory(from: source, byteCount: json.count) }
    unsafe (copy + json.count).initializeMemory(as: UInt8.self, repeating: 0, count: Self.paddingByteCount)
    unsafe start = UnsafePointer(copy.assumingMemoryBound(to: UInt8.self))
    unsafe cursor = start
    unsafe end = start + json.count
    unsafe self.arena = arena
  }

  /// The next byte; zero at the end.
  @inline(__always) var next: UInt8 { unsafe cursor.pointee }

  @inline(__always) var isAtEnd: Bool { unsafe cursor == end }

  @inline(__always)
  mutating func skipWhitespace() {
    while next <= 0x20, isWhitespace(next) { unsafe cursor += 1 }
  }

  @inline(__always)
  private func isWhitespace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
      || byte == UInt8(ascii: "\t")
  }

  /// Goes past a byte, if it is the next.
  @inline(__always)
  mutating func consume(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    unsafe cursor += 1
    return true
  }

  /// Goes past a word, if it is the next.
  mutating func consume(_ word: StaticString) -> Bool {
    for index in 0..<word.utf8CodeUnitCount where unsafe cursor[index] != word.utf8Start[index] {
      return false
    }
    unsafe cursor += word.utf8CodeUnitCount
    return true
  }

  /// What is wrong at this place.
  @inline(never)
  func failure(_ reason: String) -> JSONFailure {
    JSONFailure("at byte \(unsafe cursor - start), \(reason)")
  }

  /// The failure for something else than what is expected, which has a name such as "a number".
  @inline(never)
  func unexpected(_ expected: StaticString) -> JSONFailure {
    let found =
      switch next {
      case UInt8(ascii: "{"): "an object"
      case UInt8(ascii: "["): "an array"
      case UInt8(ascii: "\""): "a string"
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): "a number"
      case UInt8(ascii: "t"), UInt8(ascii: "f"): "a boolean"
      case UInt8(ascii: "n"): "null"
      case 0 where isAtEnd: "the end"
      default: "something else"
      }
    return failure("expected \(expected), found \(found)")
  }

  @inline(never)
  func outOfMemory() -> JSONFailure { JSONFailure("it takes more memory than JSON of its size may") }

  /// Begins an object or an array; returns whether it has members or elements.
  mutating func begin(
    _ opening: UInt8, _ closing: UInt8, _ expected: StaticString
  ) throws(JSONFailure) -> Bool {
    guard consume(opening) else { throw unexpected(expected) }
    skipWhitespace()
    return !consume(closing)
  }

  /// Goes past what is between members or elements; returns whether there is another one.
  @inline(__always)
  mutating func continues(before closing: UInt8, _ expected: StaticString) throws(JSONFailure) -> Bool {
    skipWhitespace()
    if consume(UInt8(ascii: ",")) {
      skipWhitespace()
      return true
    }
    guard consume(closing) else { throw unexpected(expected) }
    return false
  }

  /// The key of a member, and the colon behind it.
  @inline(__always)
  mutating func key() throws(JSONFailure) -> UnsafeBufferPointer<UInt8> {
    let key = try unsafe string("a key")
    skipWhitespace()
    guard consume(UInt8(ascii: ":")) else { throw unexpected("a colon") }
    skipWhitespace()
    return unsafe key
  }

  /// Goes past a value of any kind.
  mutating func skipValue(levels: Int) throws(JSONFailure) {
    switch next {
    case UInt8(ascii: "{"):
      guard levels > 0 else { throw failure("it is nested too deep") }
      guard try begin(UInt8(ascii: "{"), UInt8(ascii: "}"), "an object") else { return }
      repeat {
        _ = try unsafe key()
        try skipValue(levels: levels - 1)
      } while try continues(before: UInt8(ascii: "}"), "a comma or the object's end")
    case UInt8(ascii: "["):
      guard levels > 0 else { throw failure("it is nested too deep") }
      guard try begin(UInt8(ascii: "["), UInt8(ascii: "]"), "an array") else { return }
      repeat {
        try skipValue(levels: levels - 1)
      } while try continues(before: UInt8(ascii: "]"), "a comma or the array's end")
    case UInt8(ascii: "\""): _ = try unsafe string("a string")
    case UInt8(ascii: "t") where consume("true"): return
    case UInt8(ascii: "f") where consume("false"): return
    case UInt8(ascii: "n") where consume("null"): return
    default:
      guard let number = unsafe JSONNumber(at: cursor) else { throw unexpected("a value") }
      unsafe cursor = number.end
    }
  }
}
