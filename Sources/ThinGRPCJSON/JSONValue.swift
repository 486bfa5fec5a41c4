/// A value in JSON, as whoever wrote it must have meant it: see `JSONReader` for what is refused.
package indirect enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  /// A number as it is written, which `Double` has a value for.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// A name and its value. Those of an object are in the order of the text, and no two have the same name.
  package struct Member: Hashable, Sendable {
    package let name: String
    package let value: JSONValue

    package init(name: String, value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

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

extension [JSONValue.Member] {
  /// The value of a member; nil where there is none of that name.
  package subscript(name: String) -> JSONValue? { first { $0.name == name }?.value }
}

/// Why a JSON text is not taken.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where in the text, or at which value: `line 3, column 5` or `allow_rules[0].name`; empty for the text as a whole.
  package let place: String
  /// What is wrong there.
  package let problem: String

  package init(_ place: String, _ problem: String) {
    self.place = place
    self.problem = problem
  }

  package var description: String { place.isEmpty ? problem : "\(place): \(problem)" }
}
