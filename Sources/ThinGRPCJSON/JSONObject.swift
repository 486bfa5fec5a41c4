/// An object in a JSON text, with the way to it, so that errors can name the place.
package struct JSONObject: Sendable {
  /// Such as `allow_rules[0].source`; empty for the whole text.
  package let path: String
  private let members: [JSONValue.Member]

  /// - Throws: `JSONError` if the value is no object, or has a member of another name than those in `known`.
  package init(_ value: JSONValue, at path: String, known: Set<String>) throws(JSONError) {
    guard case .object(let members) = value else {
      throw JSONError(path, "must be an object, not \(value.kind)")
    }
    self.path = path
    self.members = members
    if let unknown = members.map(\.name).filter({ !known.contains($0) }).min() {
      throw JSONError(
        place(of: unknown), "is not known; known are \(known.sorted().joined(separator: ", "))")
    }
  }

  /// The way to a member.
  package func place(of name: String) -> String {
    JSONPath.of(name, in: path)
  }

  /// A member; nil where there is none.
  package subscript(name: String) -> JSONValue? { members[name] }

  /// A member that must be there and a string that is not empty.
  package func text(_ name: String) throws(JSONError) -> String {
    guard let value = members[name] else { throw JSONError(place(of: name), "is missing") }
    guard case .string(let text) = value else {
      throw JSONError(place(of: name), "must be a string, not \(value.kind)")
    }
    if text.isEmpty { throw JSONError(place(of: name), "must not be empty") }
    return text
  }

  /// The elements of a member that is an array, each with its place; nil where there is none.
  package func array(_ name: String) throws(JSONError) -> [(value: JSONValue, place: String)]? {
    guard let value = members[name] else { return nil }
    guard case .array(let elements) = value else {
      throw JSONError(place(of: name), "must be an array, not \(value.kind)")
    }
    return elements.enumerated().map { ($1, JSONPath.of($0, in: place(of: name))) }
  }

  /// The elements of a member that is an array of strings, each with its place; nil where there is none.
  package func texts(_ name: String) throws(JSONError) -> [(text: String, place: String)]? {
    guard let elements = try array(name) else { return nil }
    var texts: [(text: String, place: String)] = []
    for (value, place) in elements {
      guard case .string(let text) = value else {
        throw JSONError(place, "must be a string, not \(value.kind)")
      }
      texts.append((text, place))
    }
    return texts
  }

  /// A member that is an object; nil where there is none.
  package func object(_ name: String, known: Set<String>) throws(JSONError) -> JSONObject? {
    guard let value = members[name] else { return nil }
    return try JSONObject(value, at: place(of: name), known: known)
  }
}
