import Foundation
import Testing

@testable import ThinGRPCJWT

/// 2026, in seconds since 1970: the time at which these tests take tokens.
let now = 1_790_000_000.0

/// Claims that are good at that time, with further members.
func claims(_ extra: String = "") -> String {
  #"{"iss":"https://issuer","aud":"userd","sub":"ada","iat":1789999990,"exp":1790000100\#(extra)}"#
}

/// An authenticator with some keys.
func authenticator(_ entries: [String], _ change: (inout JWTRequirements) -> Void = { _ in }) async throws
  -> JWTAuthenticator
{
  var requirements = JWTRequirements(issuer: "https://issuer", audience: "userd")
  change(&requirements)
  return try await JWTAuthenticator(
    keys: "{\"keys\":[\(entries.joined(separator: ","))]}", requiring: requirements)
}

extension JWTAuthenticator {
  /// Why a token is refused; empty where it is not.
  func refusal(of token: String) async -> String {
    do {
      _ = try await verified(token, now: now)
      return ""
    } catch {
      return error.reason
    }
  }
}

@Suite("Tokens")
struct TokenTests {
  @Test(
    "A token is good that is signed by any of the algorithms, with and without names of keys and algorithms")
  func algorithms() async throws {
    for name in ["key", nil] {
      let keys = [
        try await TestKey.es256(name), try await .es384(name), try await .es512(name), try await .eddsa(name),
        try await .rs256(name), try await .rs256(name, padding: "PS256"),
        try await .hs256(name, secret: Array(repeating: 7, count: 32)),
      ]
      for key in keys {
        for algorithm in [key.algorithm, nil] where algorithm != nil || key.algorithm != "HS256" {
          let authenticator = try await authenticator([key.entry(algorithm: algorithm)])
          let token = try await authenticator.verified(
            key.token(claims(#","scope":"a b","groups":["x","y"]"#)), now: now)
          #expect(token.issuer == "https://issuer" && token.subject == "ada" && token.audience == ["userd"])
          #expect(token.string("scope") == "a b" && token.strings("groups") == ["x", "y"])
          #expect(token.string("groups") == nil && token.strings("scope") == nil)
          #expect(token.expirationDate?.timeIntervalSince1970 == 1_790_000_100)
        }
      }
      // All in one set, each token finds its own key.
      let all = try await authenticator(keys.map { $0.entry(algorithm: $0.algorithm) })
      for key in keys { #expect(await all.refusal(of: try key.token(claims())) == "") }
    }
  }

  @Test("Of several keys, the one is taken that the token names, and no other")
  func keyChoice() async throws {
    let keys = [try await TestKey.es256("a"), try await .es256("b")]
    let authenticator = try await authenticator(keys.map { $0.entry(algorithm: "ES256") })
    for key in keys { #expect(await authenticator.refusal(of: try key.token(claims())) == "") }
    let swapped = try keys[0].signed(header: #"{"alg":"ES256","kid":"b"}"#, claims: claims())
    #expect(await authenticator.refusal(of: swapped) == "The token's signature is wrong")
    let unknown = try keys[0].signed(header: #"{"alg":"ES256","kid":"c"}"#, claims: claims())
    #expect(await authenticator.refusal(of: unknown) == "The token is signed with a key that is not known")
    let unnamed = try keys[1].signed(header: #"{"alg":"ES256"}"#, claims: claims())
    #expect(await authenticator.refusal(of: unnamed) == "")
  }

  @Test("A token without a signature, or by another algorithm than its key's, is refused")
  func confusion() async throws {
    let rsa = try await TestKey.rs256("r")
    let curve = try await TestKey.es256("e")
    let authenticator = try await authenticator([rsa.entry(algorithm: "RS256"), curve.entry(algorithm: nil)])
    let other = "The token is signed by an algorithm that is not that of its key"
    for algorithm in ["none", "None", "NONE", "", "nOnE"] {
      let header = "{\"alg\":\"\(algorithm)\",\"kid\":\"r\"}"
      #expect(await authenticator.refusal(of: "\(header.base64URL).\(claims().base64URL).") == other)
      #expect(await authenticator.refusal(of: try rsa.signed(header: header, claims: claims())) == other)
    }
    // Signed with what is public of the key, as if it were a secret: in the forms in which libraries have fallen for it.
    for secret in [RSATestKey.modulus, rsa.jwk, rsa.entry(algorithm: "RS256"), RSATestKey.pem] {
      let forger = try await TestKey.hs256("r", secret: Array(secret.utf8))
      #expect(await authenticator.refusal(of: try forger.token(claims())) == other)
    }
    // A key says RS256: not even its own kind is taken in another way.
    let padded = try await TestKey.rs256("r", padding: "PS256")
    #expect(await authenticator.refusal(of: try padded.token(claims())) == other)
    #expect(await authenticator.refusal(of: try rsa.token(claims(), algorithm: "ES256")) == other)
    #expect(await authenticator.refusal(of: try curve.token(claims(), algorithm: "RS256")) == other)
  }

  @Test("A token that was changed in any place is refused")
  func changed() async throws {
    let key = try await TestKey.es256("k")
    let authenticator = try await authenticator([key.entry(algorithm: "ES256")])
    let token = try key.token(claims())
    #expect(await authenticator.refusal(of: token) == "")
    for index in token.indices where token[index] != "." {
      var changed = token
      changed.replaceSubrange(index...index, with: token[index] == "A" ? "B" : "A")
      #expect(await authenticator.refusal(of: changed) != "")
    }
    let parts = token.split(separator: ".").map(String.init)
    let zero = [UInt8](repeating: 0, count: 64).base64URL
    for signature in [
      "", "AA", zero, parts[2] + "AA", parts[2] + "=", parts[2] + "A", "+" + parts[2].dropFirst(),
    ] {
      #expect(await authenticator.refusal(of: "\(parts[0]).\(parts[1]).\(signature)") != "")
    }
    for text in [
      "", ".", "..", "a.b", token + ".", ".\(token)", String(repeating: ".", count: 100_000), " \(token)",
      token + " ", parts[0], "é.é.é",
    ] {
      #expect(await authenticator.refusal(of: text) != "")
    }
  }

  /// Claims and why they are refused.
  static let refusals: [(String, String)] = [
    (#"{"iss":"https://issuer","aud":"userd","exp":1789999969}"#, "The token has expired"),
    (#"{"iss":"https://issuer","aud":"userd","exp":1789999970}"#, "The token has expired"),
    (#"{"iss":"https://issuer","aud":"userd","exp":1789999971}"#, ""),
    (#"{"iss":"https://issuer","aud":"userd","exp":-1}"#, "The token has expired"),
    (#"{"iss":"https://issuer","aud":"userd","exp":1790000000.5}"#, ""),
    (#"{"iss":"https://issuer","aud":"userd","exp":1e18}"#, ""),
    (#"{"iss":"https://issuer","aud":"userd","exp":1e400}"#, "The token's payload is no JSON object"),
    (#"{"iss":"https://issuer","aud":"userd","exp":"1790000100"}"#, "The token's exp is no time"),
    (#"{"iss":"https://issuer","aud":"userd","exp":null}"#, "The token's exp is no time"),
    (#"{"iss":"https://issuer","aud":"userd"}"#, "The token does not say when it expires"),
    (claims(#","nbf":1790000031"#), "The token is not good yet"),
    (claims(#","nbf":1790000030"#), ""),
    (claims(#","nbf":true"#), "The token's nbf is no time"),
    (
      #"{"iss":"https://issuer","aud":"userd","exp":1790000100,"iat":1790000031}"#,
      "The token was issued in the future"
    ),
    (#"{"iss":"https://issuer","aud":"userd","exp":1790000100,"iat":"now"}"#, "The token's iat is no time"),
    (#"{"aud":"userd","exp":1790000100}"#, "The token is of another issuer"),
    (#"{"iss":"https://issuer/","aud":"userd","exp":1790000100}"#, "The token is of another issuer"),
    (#"{"iss":"HTTPS://issuer","aud":"userd","exp":1790000100}"#, "The token is of another issuer"),
    (#"{"iss":["https://issuer"],"aud":"userd","exp":1790000100}"#, "The token's iss is no string"),
    (#"{"iss":"https://issuer","exp":1790000100}"#, "The token is for another audience"),
    (#"{"iss":"https://issuer","aud":"userd2","exp":1790000100}"#, "The token is for another audience"),
    (#"{"iss":"https://issuer","aud":"","exp":1790000100}"#, "The token is for another audience"),
    (#"{"iss":"https://issuer","aud":[],"exp":1790000100}"#, "The token is for another audience"),
    (#"{"iss":"https://issuer","aud":["x","userd"],"exp":1790000100}"#, ""),
    (
      #"{"iss":"https://issuer","aud":["userd",1],"exp":1790000100}"#,
      "The token's aud has something in it that is no string"
    ),
    (#"{"iss":"https://issuer","aud":{"userd":1},"exp":1790000100}"#, "The token's aud is no string"),
    (claims(#","sub":"eve""#), "The token's payload is no JSON object"),
    (#"{"iss":"https://issuer","aud":"userd","exp":1790000100,"sub":7}"#, "The token's sub is no string"),
    (#"{"iss":"https://issuer","aud":"userd","exp":1790000100,}"#, "The token's payload is no JSON object"),
    ("[]", "The token's payload is no JSON object"), ("", "The token's payload is no JSON object"),
    ("null", "The token's payload is no JSON object"),
    (#"{"a":"# + String(repeating: "[", count: 10_000), "The token's payload is no JSON object"),
  ]

  @Test("Its claims have to be right, and where they are not the refusal says which", arguments: refusals)
  func claimsOfToken(claims: String, refusal: String) async throws {
    let key = try await TestKey.eddsa(nil)
    let authenticator = try await authenticator([key.entry(algorithm: "EdDSA")])
    #expect(await authenticator.refusal(of: try key.token(claims)) == refusal)
  }

  /// Headers and why they are refused.
  static let headers: [(String, String)] = [
    (#"{"alg":"EdDSA"}"#, ""), (#"{"alg":"EdDSA","typ":"JWT"}"#, ""),
    (#"{"alg":"EdDSA","typ":"at+jwt"}"#, ""),
    (#"{"alg":"EdDSA","jku":"https://evil","jwk":{"kty":"oct","k":"AAAA"},"x5c":["x"]}"#, ""),
    (#"{"alg":"EdDSA","typ":"dpop+jwt"}"#, "The token is of another type than JWT"),
    (#"{"alg":"EdDSA","typ":1}"#, "The token is of another type than JWT"),
    (#"{"alg":"EdDSA","crit":["exp"]}"#, "The token needs an extension that is not known"),
    (#"{"alg":"EdDSA","crit":[],"b64":false}"#, "The token needs an extension that is not known"),
    (#"{"alg":"EdDSA","kid":1}"#, "The token's kid is no string"),
    (#"{"alg":"EdDSA","kid":"../../dev/null"}"#, "The token is signed with a key that is not known"),
    (#"{"typ":"JWT"}"#, "The token does not say how it is signed"),
    (#"{"alg":["EdDSA"]}"#, "The token does not say how it is signed"),
    (#"{"alg":"none","alg":"EdDSA"}"#, "The token's header is no JSON object"),
    ("[]", "The token's header is no JSON object"), ("", "The token's header is no JSON object"),
  ]

  @Test("Its header has to be understood, and adds no keys", arguments: headers)
  func header(header: String, refusal: String) async throws {
    let key = try await TestKey.eddsa(nil)
    let authenticator = try await authenticator([key.entry(algorithm: "EdDSA")])
    #expect(await authenticator.refusal(of: try key.signed(header: header, claims: claims())) == refusal)
  }

  @Test("Clocks may differ by the leeway, and an end may be done without where that is said")
  func requirements() async throws {
    let key = try await TestKey.eddsa(nil)
    let strict = try await authenticator([key.entry(algorithm: "EdDSA")]) { $0.leeway = .zero }
    let expired = try key.token(#"{"iss":"https://issuer","aud":"userd","exp":1790000000}"#)
    #expect(await strict.refusal(of: expired) == "The token has expired")
    let lenient = try await authenticator([key.entry(algorithm: "EdDSA")]) {
      $0.expires = false
      $0.issuers.append("other")
      $0.audiences = ["x", "y"]
    }
    #expect(await lenient.refusal(of: try key.token(#"{"iss":"other","aud":"y"}"#)) == "")
  }

  @Test(
    "Base64url is taken in its one form",
    arguments: [
      ("", [] as [UInt8]?), ("AA", [0]), ("AAA", [0, 0]), ("AAAA", [0, 0, 0]), ("-_-_", [0xFB, 0xFF, 0xBF]),
      ("A", nil),
      ("AAAAA", nil), ("AB", nil), ("AAB", nil), ("AA==", nil), ("A A", nil), ("AA\n", nil), ("+/AA", nil),
    ])
  func base64URL(text: String, bytes: [UInt8]?) {
    #expect(Base64URL.bytes(of: text.utf8) == bytes)
  }
}
