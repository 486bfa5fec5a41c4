/// A JSON text as a value. Numbers keep their text, and no object has a key twice.
indirect enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// A key and its value, in the order of the text.
  struct Member: Hashable, Sendable {
    let key: String
    let value: JSONValue
  }

  /// What it is, for messages.
  var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// What is wrong with a JSON text, and where in it.
struct JSONProblem: Error, Hashable, CustomStringConvertible {
  /// Such as `methodConfig[0].timeout`; empty for the text as a whole.
  let path: String
  let reason: String

  var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
}

/// The paths of what is in arrays and objects.
enum JSONPath {
  static func of(_ key: String, in path: String) -> String {
    let isPlain =
      key.utf8.allSatisfy { UInt8(ascii: "_") == $0 || UInt8(ascii: "-") == $0 || $0.isLetterOrDigit }
      && !key.isEmpty
    let name = isPlain ? key : "[\(key.quotedForMessage)]"
    return path.isEmpty || !isPlain ? path + name : "\(path).\(name)"
  }

  static func of(_ index: Int, in path: String) -> String { "\(path)[\(index)]" }
}

extension UInt8 {
  fileprivate var isLetterOrDigit: Bool { Unicode.Scalar(self).properties.isAlphabetic || isDigit }

  /// Whether it is one of ASCII's digits.
  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
