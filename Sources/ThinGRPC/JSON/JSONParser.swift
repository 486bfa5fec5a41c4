/// Reads a JSON text (RFC 8259), and nothing more lenient. A byte order mark before it is passed over.
struct JSONParser {
  private let bytes: [UInt8]
  private var position = 0

  /// How deep arrays and objects may stand in each other.
  private static let deepest = 64

  /// - Throws: `JSONProblem` that says where and why the text is no JSON, or which key stands twice.
  static func parse(_ text: String) throws(JSONProblem) -> JSONValue {
    var parser = JSONParser(bytes: Array(text.utf8))
    if parser.bytes.starts(with: [0xef, 0xbb, 0xbf]) { parser.position = 3 }
    let value = try parser.value(at: "", depth: 0)
    parser.skipBlanks()
    if parser.position < parser.bytes.count {
      throw parser.problem("something follows the JSON text", at: "")
    }
    return value
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func problem(_ reason: String, at path: String) -> JSONProblem {
    let before = bytes[..<position]
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    return JSONProblem(path: path, reason: "\(reason) (line \(line) of the JSON text)")
  }

  private mutating func skipBlanks() {
    while let byte = next, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { position += 1 }
  }

  /// Takes `character` after blanks, if it comes next.
  private mutating func takes(_ character: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func value(at path: String, depth: Int) throws(JSONProblem) -> JSONValue {
    skipBlanks()
    switch next {
    case UInt8(ascii: "{"): return .object(try members(at: path, depth: depth + 1))
    case UInt8(ascii: "["): return .array(try elements(at: path, depth: depth + 1))
    case UInt8(ascii: "\""): return .string(try string(at: path))
    case let byte? where byte.isDigit || byte == UInt8(ascii: "-"): return .number(try number(at: path))
    case nil: throw problem("a value is missing", at: path)
    default:
      for (word, value) in [("true", JSONValue.bool(true)), ("false", .bool(false)), ("null", .null)]
      where bytes[position...].starts(with: word.utf8) {
        position += word.utf8.count
        return value
      }
      throw problem("it is no JSON value", at: path)
    }
  }

  private func checkDepth(_ depth: Int, at path: String) throws(JSONProblem) {
    // The path of something so deep says nothing.
    if depth > Self.deepest {
      throw problem("arrays and objects stand more than \(Self.deepest) deep in each other", at: "")
    }
  }

  private mutating func members(at path: String, depth: Int) throws(JSONProblem) -> [JSONValue.Member] {
    try checkDepth(depth, at: path)
    position += 1
    var members: [JSONValue.Member] = []
    var keys: Set<String> = []
    if takes("}") { return members }
    repeat {
      skipBlanks()
      guard next == UInt8(ascii: "\"") else { throw problem("a key in quotation marks is missing", at: path) }
      let key = try string(at: path)
      let keyPath = JSONPath.of(key, in: path)
      guard keys.insert(key).inserted else { throw problem("it stands twice", at: keyPath) }
      guard takes(":") else { throw problem("a colon is missing after the key", at: keyPath) }
      members.append(JSONValue.Member(key: key, value: try value(at: keyPath, depth: depth)))
    } while takes(",")
    guard takes("}") else { throw problem("a comma or a closing brace is missing", at: path) }
    return members
  }

  private mutating func elements(at path: String, depth: Int) throws(JSONProblem) -> [JSONValue] {
    try checkDepth(depth, at: path)
    position += 1
    var elements: [JSONValue] = []
    if takes("]") { return elements }
    repeat {
      elements.append(try value(at: JSONPath.of(elements.count, in: path), depth: depth))
    } while takes(",")
    guard takes("]") else { throw problem("a comma or a closing bracket is missing", at: path) }
    return elements
  }

  private mutating func number(at path: String) throws(JSONProblem) -> String {
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    let whole = takeDigits()
    var isNumber = whole.count == 1 || (whole.count > 1 && whole.first != UInt8(ascii: "0"))
    if next == UInt8(ascii: ".") {
      position += 1
      isNumber = isNumber && !takeDigits().isEmpty
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      isNumber = isNumber && !takeDigits().isEmpty
    }
    guard isNumber else { throw problem("it is no number", at: path) }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func takeDigits() -> ArraySlice<UInt8> {
    let digits = bytes[position...].prefix { $0.isDigit }
    position += digits.count
    return digits
  }

  private mutating func string(at path: String) throws(JSONProblem) -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text.append(contentsOf: try escaped(at: path).utf8)
      case 0..<0x20:
        position -= 1
        throw problem("a string has a control character", at: path)
      default: text.append(byte)
      }
    }
    throw problem("a string does not end", at: path)
  }

  private mutating func escaped(at path: String) throws(JSONProblem) -> String {
    let plain: [UInt8: String] = [
      UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/", UInt8(ascii: "b"): "\u{8}",
      UInt8(ascii: "f"): "\u{c}", UInt8(ascii: "n"): "\n", UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
    ]
    guard let escape = next else { throw problem("a string does not end", at: path) }
    position += 1
    if let character = plain[escape] { return character }
    guard escape == UInt8(ascii: "u"), var code = takeUnit() else {
      throw problem("a string has an escape that JSON does not know", at: path)
    }
    if (0xd800..<0xdc00).contains(code), takesEscape(), let low = takeUnit(), (0xdc00..<0xe000).contains(low)
    {
      code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
    }
    guard let scalar = Unicode.Scalar(code) else {
      throw problem("a string has half of a surrogate pair", at: path)
    }
    return String(Character(scalar))
  }

  private mutating func takesEscape() -> Bool {
    guard bytes[position...].starts(with: "\\u".utf8) else { return false }
    position += 2
    return true
  }

  /// Four hexadecimal digits.
  private mutating func takeUnit() -> UInt32? {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }) else {
      return nil
    }
    position += 4
    return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}
