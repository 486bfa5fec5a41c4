internal import JWTKit
internal import ThinGRPCJSON

/// A key that verifies signatures, by the algorithms that it may be used with.
struct VerificationKey: Sendable {
  private let name: String?
  /// What verifies, by the algorithm's name in a token. One alone where the key says which.
  let algorithms: [String: any JWTAlgorithm]

  /// - Returns: nil for a key that is for something else, or of a kind that is not known.
  init?(_ key: JSONKey) async throws(JSONError) {
    guard let type = try key.text("kty") else { throw JSONError("\(key.place).kty", "is missing") }
    guard try key.isForSignatures() else { return nil }
    name = try key.text("kid")
    let algorithm = try key.text("alg")
    let algorithms: [String: any JWTAlgorithm]?
    switch type {
    case "RSA": algorithms = try await Self.rsa(key, algorithm: algorithm)
    case "EC": algorithms = try await Self.ellipticCurve(key, algorithm: algorithm)
    case "OKP": algorithms = try await Self.octetKeyPair(key, algorithm: algorithm)
    case "oct": algorithms = try await Self.secret(key, algorithm: algorithm)
    default: algorithms = nil
    }
    guard let algorithms else { return nil }
    self.algorithms = algorithms
  }

  /// Whether a token can mean this key. One that names a key means that one alone.
  func isMeant(by token: SignedToken) -> Bool {
    guard let keyName = token.keyName else { return true }
    return name.map { $0.utf8.elementsEqual(keyName.utf8) } ?? false
  }

  func verifies(_ token: SignedToken) -> Bool {
    guard let algorithm = algorithms[token.algorithm] else { return false }
    // What throws is a signature that cannot be one of this algorithm, for example because of its length.
    return (try? algorithm.verify(token.signature, signs: token.signedBytes)) ?? false
  }

  private static func rsa(_ key: JSONKey, algorithm: String?) async throws(JSONError)
    -> [String: any JWTAlgorithm]?
  {
    let known: [JWK.Algorithm] = [.rs256, .rs384, .rs512, .ps256, .ps384, .ps512]
    let meant = known.filter { algorithm == nil || $0.rawValue == algorithm }
    if meant.isEmpty { return nil }
    let modulus = try key.bytes("n").drop { $0 == 0 }
    _ = try key.bytes("e")
    if modulus.count < 256 { throw JSONError("\(key.place).n", "an RSA key must have 2048 bits or more") }
    let (n, e) = (try key.text("n"), try key.text("e"))
    return try await made(meant, of: key) { .rsa($0, identifier: placeholder, modulus: n, exponent: e) }
  }

  private static func ellipticCurve(_ key: JSONKey, algorithm: String?) async throws(JSONError)
    -> [String: any JWTAlgorithm]?
  {
    let known: [String: (ECDSACurve, JWK.Algorithm, Int)] = [
      "P-256": (.p256, .es256, 32), "P-384": (.p384, .es384, 48), "P-521": (.p521, .es512, 66),
    ]
    guard let curveName = try key.text("crv") else { throw JSONError("\(key.place).crv", "is missing") }
    guard let (curve, curveAlgorithm, byteCount) = known[curveName] else { return nil }
    if let algorithm, algorithm != curveAlgorithm.rawValue {
      // For agreement on a key; what signs with another curve is a mistake.
      if !algorithm.hasPrefix("ES") { return nil }
      throw JSONError("\(key.place).alg", "is not the algorithm of the curve \(curveName)")
    }
    for coordinate in ["x", "y"] {
      let bytes = try key.bytes(coordinate)
      if bytes.count != byteCount {
        throw JSONError(
          "\(key.place).\(coordinate)", "must have \(byteCount) bytes on the curve \(curveName)")
      }
    }
    let (x, y) = (try key.text("x"), try key.text("y"))
    return try await made([curveAlgorithm], of: key) {
      .ecdsa($0, identifier: placeholder, x: x, y: y, curve: curve)
    }
  }

  private static func octetKeyPair(_ key: JSONKey, algorithm: String?) async throws(JSONError)
    -> [String: any JWTAlgorithm]?
  {
    guard try key.text("crv") == "Ed25519", algorithm == nil || algorithm == "EdDSA" else { return nil }
    if try key.bytes("x").count != 32 { throw JSONError("\(key.place).x", "must have 32 bytes") }
    let x = try key.text("x")
    return try await made([.eddsa], of: key) {
      .octetKeyPair($0, identifier: placeholder, x: x, y: nil, curve: .ed25519)
    }
  }

  /// A secret says by which algorithm it is used: it must be as long as what that one makes (RFC 7518, 3.2).
  private static func secret(_ key: JSONKey, algorithm: String?) async throws(JSONError)
    -> [String: any JWTAlgorithm]?
  {
    let known: [String: (DigestAlgorithm, Int)] = [
      "HS256": (.sha256, 32), "HS384": (.sha384, 48), "HS512": (.sha512, 64),
    ]
    guard let algorithm else { throw JSONError("\(key.place).alg", "is missing") }
    guard let (digest, byteCount) = known[algorithm] else { return nil }
    let secret = try key.bytes("k")
    if secret.count < byteCount {
      throw JSONError("\(key.place).k", "must have \(byteCount) bytes or more for \(algorithm)")
    }
    let collection = JWTKeyCollection()
    await collection.add(hmac: HMACKey(from: secret), digestAlgorithm: digest)
    return try await [algorithm: algorithmOf(collection, named: algorithm, for: key)]
  }

  /// The name under which JWTKit, which wants one, is given a key.
  private static let placeholder = JWKIdentifier(string: "key")

  private static func made(
    _ algorithms: [JWK.Algorithm], of key: JSONKey, _ make: (JWK.Algorithm) -> JWK
  ) async throws(JSONError) -> [String: any JWTAlgorithm] {
    var all: [String: any JWTAlgorithm] = [:]
    for algorithm in algorithms {
      let collection = JWTKeyCollection()
      do {
        try await collection.add(jwk: make(algorithm))
      } catch {
        throw JSONError(key.place, "is no key for \(algorithm.rawValue)")
      }
      all[algorithm.rawValue] = try await algorithmOf(collection, named: algorithm.rawValue, for: key)
    }
    return all
  }

  private static func algorithmOf(
    _ collection: JWTKeyCollection, named name: String, for key: JSONKey
  ) async throws(JSONError) -> any JWTAlgorithm {
    do {
      return try await collection.getKey(alg: name)
    } catch {
      throw JSONError(key.place, "is no key for \(name)")
    }
  }
}
