internal import ThinGRPCJSON

/// A token in three parts (RFC 7515), of which nothing is believed yet.
struct SignedToken {
  /// The name of the algorithm that it says it is signed by.
  let algorithm: String
  /// The name of the key that it says it is signed with.
  let keyName: String?
  /// What the signature is of: the first two parts as they came.
  let signedBytes: [UInt8]
  let payload: [UInt8]
  let signature: [UInt8]

  init(_ text: String) throws(RefusedToken) {
    // No more than says that there are too many: who sends thousands of points must not cost as many parts.
    let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw RefusedToken("The token does not have three parts") }
    guard let header = Base64URL.bytes(of: parts[0]), let payload = Base64URL.bytes(of: parts[1]),
      let signature = Base64URL.bytes(of: parts[2])
    else { throw RefusedToken("The token is not in Base64url") }
    guard case .object(let members) = try? JSONValue(reading: header) else {
      throw RefusedToken("The token's header is no JSON object")
    }
    guard case .string(let algorithm)? = members["alg"] else {
      throw RefusedToken("The token does not say how it is signed")
    }
    // What a token has to be understood by is not ignored: RFC 7515, 4.1.11. Nothing of the kind is known here.
    if members["crit"] != nil { throw RefusedToken("The token needs an extension that is not known") }
    switch members["typ"] {
    case nil: break
    case .string(let type)
    where ["jwt", "at+jwt", "application/jwt", "application/at+jwt"].contains(type.lowercased()): break
    default: throw RefusedToken("The token is of another type than JWT")
    }
    switch members["kid"] {
    case nil: keyName = nil
    case .string(let name): keyName = name
    default: throw RefusedToken("The token's kid is no string")
    }
    self.algorithm = algorithm
    self.payload = payload
    self.signature = signature
    signedBytes = parts[0] + [UInt8(ascii: ".")] + parts[1]
  }
}
