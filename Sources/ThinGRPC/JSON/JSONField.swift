internal import ThinGRPCJSON

/// A value in a JSON text and its path, read in the ways of protobuf's JSON mapping.
struct JSONField {
  let value: JSONValue
  let path: String

  func problem(_ reason: String) -> JSONError { JSONError(path, reason) }

  private func isNot(_ kind: String) -> JSONError { problem("is \(value.kind), and not \(kind)") }

  func object() throws(JSONError) -> JSONFields {
    guard case .object(let members) = value else { throw isNot("an object") }
    return JSONFields(members: members, path: path)
  }

  func array() throws(JSONError) -> [JSONField] {
    guard case .array(let elements) = value else { throw isNot("an array") }
    return elements.enumerated().map { JSONField(value: $1, path: JSONPath.of($0, in: path)) }
  }

  func string() throws(JSONError) -> String {
    guard case .string(let text) = value else { throw isNot("a string") }
    return text
  }

  func bool() throws(JSONError) -> Bool {
    guard case .bool(let bool) = value else { throw isNot("true or false") }
    return bool
  }

  /// A number, which may stand in quotation marks.
  func number() throws(JSONError) -> Double {
    let number = Double(try numberText())
    guard let number, number.isFinite else { throw problem("is a number too large") }
    return number
  }

  /// A whole number, which may stand in quotation marks, and be written with a point or exponent.
  func integer() throws(JSONError) -> Int {
    let text = try numberText()
    if let integer = Int(text) { return integer }
    let number = try number()
    guard let integer = Int(exactly: number) else {
      throw problem(
        number == number.rounded() ? "is a number too large" : "is \(text), and not a whole number")
    }
    return integer
  }

  private func numberText() throws(JSONError) -> String {
    switch value {
    case .number(let text): return text
    case .string(let text):
      guard case .number(let number)? = try? JSONValue(reading: Array(text.utf8)), number == text else {
        throw isNot("a number")
      }
      return text
    default: throw isNot("a number")
    }
  }

  /// A duration such as `"1.5s"`, of 0 to 315,576,000,000 seconds and up to nine digits after the point.
  func duration() throws(JSONError) -> Duration {
    let malformed = problem("is no duration, such as \"1.5s\" or \"0.020s\"")
    guard case .string(let text) = value else {
      throw isNot("a duration in quotation marks, such as \"1.5s\"")
    }
    guard text.hasSuffix("s") else { throw malformed }
    var digits = Array(text.utf8.dropLast())[...]
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative { digits = digits.dropFirst() }
    let whole = digits.prefix { $0.isDigit }
    var fraction = digits.dropFirst(whole.count)
    if fraction.first == UInt8(ascii: ".") {
      fraction = fraction.dropFirst()
      if fraction.isEmpty { throw malformed }
    } else if !fraction.isEmpty {
      throw malformed
    }
    guard !whole.isEmpty, fraction.count <= 9, fraction.allSatisfy(\.isDigit) else { throw malformed }
    if isNegative { throw problem("is negative") }
    guard let seconds = Int64(String(decoding: whole, as: UTF8.self)), seconds <= 315_576_000_000 else {
      throw problem("is longer than 315,576,000,000 seconds")
    }
    let nanoseconds =
      String(decoding: fraction, as: UTF8.self) + String(repeating: "0", count: 9 - fraction.count)
    return .seconds(seconds) + .nanoseconds(Int64(nanoseconds) ?? 0)
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}

/// The fields of a JSON object. As in protobuf, null stands for a field that is not there.
struct JSONFields {
  let members: [JSONValue.Member]
  let path: String

  subscript(_ key: String) -> JSONField? {
    guard let member = members.first(where: { $0.name == key }), member.value != .null else { return nil }
    return JSONField(value: member.value, path: JSONPath.of(key, in: path))
  }

  func required(_ key: String) throws(JSONError) -> JSONField {
    guard let field = self[key] else {
      throw JSONError(JSONPath.of(key, in: path), "is missing")
    }
    return field
  }

  /// - Throws: `JSONError` for a field of another name than `known`.
  func refuseFields(besides known: [String]) throws(JSONError) {
    for member in members where !known.contains(member.name) {
      let names = known.isEmpty ? "there is none" : "there are \(known.joined(separator: ", "))"
      throw JSONError(JSONPath.of(member.name, in: path), "is no field of this object: \(names)")
    }
  }
}
