internal import ThinGRPCJSON

/// What a token says, by name.
struct Claims: Sendable {
  private let members: [JSONValue.Member]

  init(_ payload: [UInt8]) throws(RefusedToken) {
    guard case .object(let members) = try? JSONValue(reading: payload) else {
      throw RefusedToken("The token's payload is no JSON object")
    }
    self.members = members
  }

  subscript(name: String) -> JSONValue? { members[name] }

  /// A claim that is a string; nil where there is none.
  func text(_ name: String) throws(RefusedToken) -> String? {
    switch members[name] {
    case nil: return nil
    case .string(let text): return text
    default: throw RefusedToken("The token's \(name) is no string")
    }
  }

  /// A claim that is a string or an array of them; empty where there is none.
  func texts(_ name: String) throws(RefusedToken) -> [String] {
    switch members[name] {
    case nil: return []
    case .string(let text): return [text]
    case .array(let elements):
      var texts: [String] = []
      for element in elements {
        guard case .string(let text) = element else {
          throw RefusedToken("The token's \(name) has something in it that is no string")
        }
        texts.append(text)
      }
      return texts
    default: throw RefusedToken("The token's \(name) is no string")
    }
  }

  /// A claim that is a time, in seconds since 1970; nil where there is none.
  func time(_ name: String) throws(RefusedToken) -> Double? {
    switch members[name] {
    case nil: return nil
    case .number(let seconds): return Double(seconds)
    default: throw RefusedToken("The token's \(name) is no time")
    }
  }
}
