internal import ThinGRPCJSON

/// What a token must say to be good for a server.
public struct JWTRequirements: Sendable {
  /// Who may have issued it: one of them, letter for letter. At least one.
  public var issuers: [String]
  /// For whom it is: one of them, letter for letter. At least one.
  public var audiences: [String]
  /// By how much the clocks of the issuer and of this server may differ: 30 seconds.
  public var leeway: Duration = .seconds(30)
  /// Whether it must say when it expires. By default it must; one that has expired is refused in any case.
  public var expires = true

  /// Describes what a token must say.
  ///
  /// - Parameters:
  ///   - issuer: who must have issued it (`iss`).
  ///   - audience: for whom it must be (`aud`).
  public init(issuer: String, audience: String) {
    issuers = [issuer]
    audiences = [audience]
  }

  /// Reads what a token says whose signature is good.
  ///
  /// - Parameter now: in seconds since 1970.
  func check(_ payload: [UInt8], now: Double) throws(RefusedToken) -> VerifiedToken {
    let claims = try Claims(payload)
    let leeway = Double(self.leeway.components.seconds) + Double(self.leeway.components.attoseconds) / 1e18
    if let expiry = try claims.time("exp") {
      if now - leeway >= expiry { throw RefusedToken("The token has expired") }
    } else if expires {
      throw RefusedToken("The token does not say when it expires")
    }
    if let begin = try claims.time("nbf"), now + leeway < begin {
      throw RefusedToken("The token is not good yet")
    }
    if let issue = try claims.time("iat"), now + leeway < issue {
      throw RefusedToken("The token was issued in the future")
    }
    guard let issuer = try claims.text("iss"), issuers.contains(where: { $0.utf8.elementsEqual(issuer.utf8) })
    else { throw RefusedToken("The token is of another issuer") }
    let audience = try claims.texts("aud")
    guard audience.contains(where: { name in audiences.contains { $0.utf8.elementsEqual(name.utf8) } })
    else { throw RefusedToken("The token is for another audience") }
    return VerifiedToken(
      issuer: issuer, subject: try claims.text("sub"), audience: audience, expiry: try claims.time("exp"),
      payload: payload, claims: claims)
  }
}
