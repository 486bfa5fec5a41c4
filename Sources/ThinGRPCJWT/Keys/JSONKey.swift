internal import ThinGRPCJSON

/// One key of a JSON Web Key Set, as it is written.
struct JSONKey {
  let place: String
  private let members: [JSONValue.Member]

  init(_ value: JSONValue, at place: String) throws(JSONError) {
    guard case .object(let members) = value else {
      throw JSONError(place, "must be an object, not \(value.kind)")
    }
    self.place = place
    self.members = members
  }

  /// A member that is a string; nil where there is none.
  func text(_ name: String) throws(JSONError) -> String? {
    switch members[name] {
    case nil: return nil
    case .string(let text): return text
    case let other?: throw JSONError("\(place).\(name)", "must be a string, not \(other.kind)")
    }
  }

  /// A member that must be there, and is bytes in Base64url.
  func bytes(_ name: String) throws(JSONError) -> [UInt8] {
    guard let text = try text(name) else { throw JSONError("\(place).\(name)", "is missing") }
    guard let bytes = Base64URL.bytes(of: text.utf8), !bytes.isEmpty else {
      throw JSONError("\(place).\(name)", "must be bytes in Base64url without padding")
    }
    return bytes
  }

  /// Whether the key is for verifying signatures, as far as it says.
  func isForSignatures() throws(JSONError) -> Bool {
    if let use = try text("use"), use != "sig" { return false }
    switch members["key_ops"] {
    case nil: return true
    case .array(let operations): return operations.contains(.string("verify"))
    case let other?: throw JSONError("\(place).key_ops", "must be an array, not \(other.kind)")
    }
  }
}
