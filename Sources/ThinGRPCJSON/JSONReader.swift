/// Reads one JSON text.
///
/// Strict, for what it reads decides who may do what and how calls are made: a name that is there twice, which other readers take to mean
/// its first or its last value, is an error.
struct JSONReader {
  private let text: [UInt8]
  private var position = 0
  private let deepest: Int
  private var depth = 0

  init(_ text: [UInt8], deepest: Int) throws(JSONError) {
    if text.starts(with: [0xEF, 0xBB, 0xBF]) {
      throw JSONError("line 1, column 1", "a byte order mark is no JSON")
    }
    guard String(validating: text, as: UTF8.self) != nil else { throw JSONError("", "the text is not UTF-8") }
    self.text = text
    self.deepest = deepest
  }

  mutating func readWhole() throws(JSONError) -> JSONValue {
    let value = try readValue(at: "")
    skipSpace()
    if position < text.count { throw error("there is more after the end of the JSON") }
    return value
  }

  private mutating func readValue(at path: String) throws(JSONError) -> JSONValue {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try readObject(at: path)
    case UInt8(ascii: "["): return try readArray(at: path)
    case UInt8(ascii: "\""): return .string(try readString())
    case UInt8(ascii: "t"): return try readWord("true", .bool(true))
    case UInt8(ascii: "f"): return try readWord("false", .bool(false))
    case UInt8(ascii: "n"): return try readWord("null", .null)
    case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return try readNumber()
    case nil: throw error("the text ends where a value should be")
    default: throw error("there is no value here")
    }
  }

  private mutating func readObject(at path: String) throws(JSONError) -> JSONValue {
    try enter()
    var members: [JSONValue.Member] = []
    var names: Set<String> = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return leave(.object(members)) }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw error("a name in quotation marks should be here") }
      let name = try readString()
      let place = JSONPath.of(name, in: path)
      guard names.insert(name).inserted else { throw JSONError(place, "is there twice") }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw error("a colon should be here") }
      members.append(JSONValue.Member(name: name, value: try readValue(at: place)))
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw error("a comma or the object's end should be here") }
    return leave(.object(members))
  }

  private mutating func readArray(at path: String) throws(JSONError) -> JSONValue {
    try enter()
    var elements: [JSONValue] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return leave(.array(elements)) }
    repeat {
      elements.append(try readValue(at: JSONPath.of(elements.count, in: path)))
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw error("a comma or the array's end should be here") }
    return leave(.array(elements))
  }

  private mutating func enter() throws(JSONError) {
    if depth == deepest { throw error("more than \(deepest) arrays and objects are inside each other") }
    position += 1
    depth += 1
  }

  private mutating func leave(_ value: JSONValue) -> JSONValue {
    depth -= 1
    return value
  }

  private mutating func readWord(_ word: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
    for byte in word.utf8 where !take(byte) { throw error("there is no value here") }
    return value
  }

  private mutating func readNumber() throws(JSONError) -> JSONValue {
    let start = position
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { try readDigits() }
    if take(UInt8(ascii: ".")) { try readDigits() }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try readDigits()
    }
    let number = String(decoding: text[start..<position], as: UTF8.self)
    guard Double(number)?.isFinite == true else { throw error("the number is too large") }
    return .number(number)
  }

  private mutating func readDigits() throws(JSONError) {
    let start = position
    while let next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) { position += 1 }
    if position == start { throw error("a digit should be here") }
  }

  private mutating func readString() throws(JSONError) -> String {
    position += 1
    var bytes: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: bytes, as: UTF8.self)
      case UInt8(ascii: "\\"): bytes += String(try readEscape()).utf8
      case 0..<0x20:
        position -= 1
        throw error("a control character in a string must be escaped")
      default: bytes.append(byte)
      }
    }
    throw error("the text ends inside a string")
  }

  private mutating func readEscape() throws(JSONError) -> Unicode.Scalar {
    for (letter, scalar) in Self.escapes where take(letter) { return scalar }
    guard take(UInt8(ascii: "u")) else { throw error("there is no such escape") }
    let unit = try readCodeUnit()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    guard UTF16.isLeadSurrogate(unit), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
      throw error("half of a surrogate pair is no character")
    }
    let second = try readCodeUnit()
    guard UTF16.isTrailSurrogate(second) else { throw error("half of a surrogate pair is no character") }
    return Unicode.Scalar(0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(second & 0x3FF)))!
  }

  private static let escapes: [(letter: UInt8, scalar: Unicode.Scalar)] = [
    (UInt8(ascii: "\""), "\""), (UInt8(ascii: "\\"), "\\"), (UInt8(ascii: "/"), "/"),
    (UInt8(ascii: "b"), "\u{8}"),
    (UInt8(ascii: "f"), "\u{C}"), (UInt8(ascii: "n"), "\n"), (UInt8(ascii: "r"), "\r"),
    (UInt8(ascii: "t"), "\t"),
  ]

  private mutating func readCodeUnit() throws(JSONError) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let next, let digit = Character(Unicode.Scalar(next)).hexDigitValue else {
        throw error("four hexadecimal digits should be here")
      }
      unit = unit << 4 | UInt16(digit)
      position += 1
    }
    return unit
  }

  private var next: UInt8? { position < text.count ? text[position] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let next, [0x20, 0x09, 0x0A, 0x0D].contains(next) { position += 1 }
  }

  private func error(_ problem: String) -> JSONError {
    let before = text[..<min(position, text.count)]
    let line = before.count { $0 == 0x0A } + 1
    let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return JSONError("line \(line), column \(before.count - lineStart + 1)", problem)
  }
}
