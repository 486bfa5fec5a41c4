public import Foundation
internal import ThinGRPCJSON

/// What a token says whose signature, issuer, audience and times are good.
public struct VerifiedToken: Sendable {
  /// Who has issued it (`iss`).
  public let issuer: String
  /// Whom it is about (`sub`); nil if it does not say.
  public let subject: String?
  /// Whom it is for (`aud`).
  public let audience: [String]
  /// When it expires (`exp`), in seconds since 1970; nil if it does not.
  private let expiry: Double?
  /// All that it says, as it was signed: JSON.
  public let payload: [UInt8]
  private let claims: Claims

  /// The token of the call that the current task serves; nil where ``JWTAuthenticator`` has not verified one.
  @TaskLocal public static var current: VerifiedToken?

  init(
    issuer: String, subject: String?, audience: [String], expiry: Double?, payload: [UInt8], claims: Claims
  ) {
    self.issuer = issuer
    self.subject = subject
    self.audience = audience
    self.expiry = expiry
    self.payload = payload
    self.claims = claims
  }

  /// When it expires (`exp`); nil if it does not.
  public var expirationDate: Date? { expiry.map { Date(timeIntervalSince1970: $0) } }

  /// A claim that is a string, such as `scope`; nil where there is none, or it is something else.
  public func string(_ claim: String) -> String? {
    if case .string(let text)? = claims[claim] { text } else { nil }
  }

  /// A claim that is an array of strings, such as `groups`; nil where there is none, or it is something else.
  public func strings(_ claim: String) -> [String]? {
    guard case .array(let elements)? = claims[claim] else { return nil }
    var texts: [String] = []
    for element in elements {
      guard case .string(let text) = element else { return nil }
      texts.append(text)
    }
    return texts
  }

  /// The claims as a type of your own.
  ///
  /// - Throws: what `JSONDecoder` does.
  public func decoded<Claims: Decodable>(as type: Claims.Type) throws -> Claims {
    try JSONDecoder().decode(type, from: Data(payload))
  }
}
