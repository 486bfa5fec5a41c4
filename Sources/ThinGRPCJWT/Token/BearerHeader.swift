internal import ThinGRPC

/// The header that has the token of a call.
enum BearerHeader {
  /// The token.
  ///
  /// - Throws: `RefusedToken` if there is not exactly one.
  static func token(in metadata: Metadata) throws(RefusedToken) -> String {
    let values = metadata.values(forKey: "authorization")
    guard let value = values.first else { throw RefusedToken("The call has no token") }
    // Which of two would be meant, others may see differently than this server.
    guard values.count == 1 else { throw RefusedToken("The call has more than one authorization") }
    guard case .text(let text) = value, text.utf8.count > 7, text.prefix(7).lowercased() == "bearer " else {
      throw RefusedToken("The authorization of the call is no Bearer token")
    }
    return String(text.dropFirst(7).drop { $0 == " " })
  }
}
