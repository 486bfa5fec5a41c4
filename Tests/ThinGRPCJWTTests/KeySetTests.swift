import Testing

@testable import ThinGRPCJWT

@Suite("Key sets")
struct KeySetTests {
  @Test("Keys of a kind that is not known, or for another use, are left out")
  func leftOut() async throws {
    let key = try await TestKey.es256("k")
    let others = [
      #"{"kty":"AKP","alg":"ML-DSA-65","pub":"AAAA"}"#, #"{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"}"#,
      #"{"kty":"OKP","crv":"X25519","x":"AA"}"#, #"{"kty":"RSA","alg":"RSA-OAEP-256","n":"AA","e":"AQAB"}"#,
      #"{"kty":"RSA","use":"enc","n":"AA","e":"AQAB"}"#, #"{"kty":"oct","alg":"A128KW","k":"AAAA"}"#,
      #"{"kty":"EC","crv":"P-256","alg":"ECDH-ES","x":"AA","y":"AA"}"#,
      #"{"kty":"RSA","key_ops":["encrypt"],"n":"AA","e":"AQAB"}"#,
      key.entry(algorithm: nil, extra: #","use":"sig","key_ops":["verify"],"x5t":"whatever","ext":true"#),
    ]
    let authenticator = try await authenticator(others)
    #expect(await authenticator.refusal(of: try key.token(claims())) == "")
    await #expect(throws: JWKSError(message: "keys: there is no key that verifies signatures")) {
      try await ThinGRPCJWTTests.authenticator(Array(others.dropLast()))
    }
  }

  /// Key sets and why they are refused.
  static let refusals: [(String, String)] = [
    ("", "line 1, column 1: the text ends where a value should be"), ("[]", "a key set must be an object"),
    ("{}", "keys: must be there, and an array"), (#"{"keys":{}}"#, "keys: must be there, and an array"),
    (#"{"keys":[]}"#, "keys: there is no key that verifies signatures"),
    (#"{"keys":[1]}"#, "keys[0]: must be an object, not a number"),
    (#"{"keys":[{}]}"#, "keys[0].kty: is missing"),
    (#"{"keys":[{"kty":1}]}"#, "keys[0].kty: must be a string, not a number"),
    (#"{"keys":[{"kty":"RSA","e":"AQAB"}]}"#, "keys[0].n: is missing"),
    (#"{"keys":[{"kty":"RSA","n":"AAAA","e":"AQAB"}]}"#, "keys[0].n: an RSA key must have 2048 bits or more"),
    (
      #"{"keys":[{"kty":"RSA","n":"A+==","e":"AQAB"}]}"#,
      "keys[0].n: must be bytes in Base64url without padding"
    ),
    // Exponents by which anybody could sign, or nobody, and a modulus that keeps whoever verifies busy.
    (rsa(bytes: 256, exponent: "AQ"), "keys[0]: is no key for RS256"),
    (rsa(bytes: 256, exponent: "Ag"), "keys[0]: is no key for RS256"),
    (rsa(bytes: 256, exponent: "AA"), "keys[0]: is no key for RS256"),
    (rsa(bytes: 256, exponent: "AQAAAAAB"), "keys[0]: is no key for RS256"),
    (rsa(bytes: 4096, exponent: "AQAB"), "keys[0]: is no key for RS256"),
    ("{\"keys\":[{\"kty\":\"oct\",\"a\\nb\":1,\"a\\nb\":2}]}", #"keys[0]["a\u000ab"]: is there twice"#),
    (#"{"keys":[{"kty":"EC","x":"AA","y":"AA"}]}"#, "keys[0].crv: is missing"),
    (
      #"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}"#,
      "keys[0].x: must have 32 bytes on the curve P-256"
    ),
    (
      #"{"keys":[{"kty":"EC","crv":"P-256","alg":"ES384","x":"AA","y":"AA"}]}"#,
      "keys[0].alg: is not the algorithm of the curve P-256"
    ),
    (
      #"{"keys":[{"kty":"EC","crv":"P-256","x":"\#(zero)","y":"\#(zero)"}]}"#, "keys[0]: is no key for ES256"
    ),
    (#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"}]}"#, "keys[0].x: must have 32 bytes"),
    (#"{"keys":[{"kty":"oct","k":"\#(zero)"}]}"#, "keys[0].alg: is missing"),
    (
      #"{"keys":[{"kty":"oct","alg":"HS256","k":"AAAA"}]}"#, "keys[0].k: must have 32 bytes or more for HS256"
    ),
    (
      #"{"keys":[{"kty":"oct","alg":"HS512","k":"\#(zero)"}]}"#,
      "keys[0].k: must have 64 bytes or more for HS512"
    ),
    (#"{"keys":[{"kty":"oct","kty":"RSA"}]}"#, "keys[0].kty: is there twice"),
    (
      #"{"keys":[\#(Array(repeating: "{}", count: 101).joined(separator: ","))]}"#,
      "keys: there are more than 100"
    ),
  ]

  private static func rsa(bytes: Int, exponent: String) -> String {
    let modulus = [UInt8](repeating: 0xc5, count: bytes).base64URL
    return #"{"keys":[{"kty":"RSA","n":"\#(modulus)","e":"\#(exponent)"}]}"#
  }

  private static let zero = [UInt8](repeating: 0, count: 32).base64URL

  @Test("A set that is wrong is refused, and the error says where", arguments: refusals)
  func refused(keys: String, message: String) async {
    await #expect(throws: JWKSError(message: message)) {
      try await JWTAuthenticator(keys: keys, requiring: JWTRequirements(issuer: "i", audience: "a"))
    }
  }
}
