import Foundation
import JWTKit

extension [UInt8] {
  /// Base64url without padding.
  var base64URL: String {
    Data(self).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
      "=", with: "")
  }
}

extension String {
  var base64URL: String { Array(utf8).base64URL }
}

/// A key that signs tokens, and its public half as a JWK.
struct TestKey: Sendable {
  let algorithm: String
  let keyName: String?
  let signer: any JWTAlgorithm
  /// Without `kid` and `alg`.
  let jwk: String

  /// The entry of a key set.
  func entry(algorithm: String?, extra: String = "") -> String {
    let members =
      [keyName.map { "\"kid\":\"\($0)\"" }, algorithm.map { "\"alg\":\"\($0)\"" }, jwk].compactMap { $0 }
    return "{\(members.joined(separator: ","))\(extra)}"
  }

  /// A token with the header `{"alg": …, "kid": …}`, signed with this key.
  func token(_ claims: String, algorithm: String? = nil, header extra: String = "") throws -> String {
    let kid = keyName.map { ",\"kid\":\"\($0)\"" } ?? ""
    return try signed(header: "{\"alg\":\"\(algorithm ?? self.algorithm)\"\(kid)\(extra)}", claims: claims)
  }

  func signed(header: String, claims: String) throws -> String {
    let text = "\(header.base64URL).\(claims.base64URL)"
    return "\(text).\(try signer.sign(Array(text.utf8)).base64URL)"
  }

  private static func signer(_ add: (JWTKeyCollection) async throws -> Void, _ algorithm: String) async throws
    -> any JWTAlgorithm
  {
    let collection = JWTKeyCollection()
    try await add(collection)
    return try await collection.getKey(alg: algorithm)
  }

  static func es256(_ name: String?) async throws -> TestKey {
    let key = ES256PrivateKey()
    let parameters = key.publicKey.parameters!
    return TestKey(
      algorithm: "ES256", keyName: name, signer: try await signer({ await $0.add(ecdsa: key) }, "ES256"),
      jwk: #""kty":"EC","crv":"P-256","x":"\#(urlSafe(parameters.x))","y":"\#(urlSafe(parameters.y))""#)
  }

  static func es384(_ name: String?) async throws -> TestKey {
    let key = ES384PrivateKey()
    let parameters = key.publicKey.parameters!
    return TestKey(
      algorithm: "ES384", keyName: name, signer: try await signer({ await $0.add(ecdsa: key) }, "ES384"),
      jwk: #""kty":"EC","crv":"P-384","x":"\#(urlSafe(parameters.x))","y":"\#(urlSafe(parameters.y))""#)
  }

  static func es512(_ name: String?) async throws -> TestKey {
    let key = ES512PrivateKey()
    let parameters = key.publicKey.parameters!
    return TestKey(
      algorithm: "ES512", keyName: name, signer: try await signer({ await $0.add(ecdsa: key) }, "ES512"),
      jwk: #""kty":"EC","crv":"P-521","x":"\#(urlSafe(parameters.x))","y":"\#(urlSafe(parameters.y))""#)
  }

  static func eddsa(_ name: String?) async throws -> TestKey {
    let key = try EdDSA.PrivateKey(curve: .ed25519)
    return TestKey(
      algorithm: "EdDSA", keyName: name, signer: try await signer({ await $0.add(eddsa: key) }, "EdDSA"),
      jwk: #""kty":"OKP","crv":"Ed25519","x":"\#(Array(key.publicKey.rawRepresentation).base64URL)""#)
  }

  static func hs256(_ name: String?, secret: [UInt8]) async throws -> TestKey {
    TestKey(
      algorithm: "HS256", keyName: name,
      signer: try await signer(
        { await $0.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256) }, "HS256"),
      jwk: #""kty":"oct","k":"\#(secret.base64URL)""#)
  }

  /// An RSA key of 2048 bits that openssl has made.
  static func rs256(_ name: String?, padding: String = "RS256") async throws -> TestKey {
    let key = try Insecure.RSA.PrivateKey(pem: RSATestKey.pem)
    return TestKey(
      algorithm: padding, keyName: name,
      signer: try await signer(
        { collection in
          if padding == "PS256" {
            await collection.add(pss: key, digestAlgorithm: .sha256)
          } else {
            await collection.add(rsa: key, digestAlgorithm: .sha256)
          }
        }, padding),
      jwk: #""kty":"RSA","n":"\#(RSATestKey.modulus)","e":"AQAB""#)
  }

  private static func urlSafe(_ base64: String) -> String {
    base64.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }
}
