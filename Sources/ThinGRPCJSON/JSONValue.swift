/// A value in JSON, as whoever wrote it must have meant it: see ``JSONReader`` for what is refused.
package enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// Reads a whole JSON text (RFC 8259).
  ///
  /// - Parameters:
  ///   - text: UTF-8.
  ///   - deepest: how many arrays and objects may be inside each other.
  /// - Throws: `JSONError` for what is not JSON, and besides for a name that an object has twice, and for a byte order mark.
  package init(reading text: [UInt8], deepest: Int = 32) throws(JSONError) {
    var reader = try JSONReader(text, deepest: deepest)
    self = try reader.readWhole()
  }

  /// What kind of value it is, with its article.
  package var kind: String {
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

/// Why a JSON text is not taken.
package struct JSONError: Error, Hashable, Sendable {
  /// Where in the text, or at which value: `line 3, column 5` or `allow_rules[0].name`.
  package let place: String
  /// What is wrong there.
  package let problem: String

  package init(_ place: String, _ problem: String) {
    self.place = place
    self.problem = problem
  }

  package var description: String { place.isEmpty ? problem : "\(place): \(problem)" }
}
