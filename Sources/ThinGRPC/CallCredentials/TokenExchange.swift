internal import GRPCRuntime

/// What a token in a file is exchanged by, in the words of RFC 8693. The texts are sent as they are, so they must be percent-encoded.
public struct TokenExchange: Hashable, Sendable {
  /// Where the service is: an `https` URL, or an `http` one on this machine (`localhost`, `127.0.0.1`, `[::1]`).
  public var serviceURL: String
  /// The file with the token that is exchanged.
  public var subjectTokenPath: String
  /// The kind of that token, such as `urn:ietf:params:oauth:token-type:jwt`.
  public var subjectTokenType: String
  /// The service that the new token is for, as a URI; nil if that is not said.
  public var resource: String?
  /// The service that the new token is for, by its name; nil if that is not said.
  public var audience: String?
  /// What the new token is to be good for; nil if that is not said.
  public var scope: String?
  /// The kind of token that is wanted; nil if that is not said.
  public var requestedTokenType: String?
  /// The file with the token of who acts for the subject; nil if nobody does.
  public var actorTokenPath: String?
  /// The kind of that token.
  public var actorTokenType: String?

  /// Describes an exchange; what is optional is left out.
  public init(serviceURL: String, subjectTokenPath: String, subjectTokenType: String) {
    self.serviceURL = serviceURL
    self.subjectTokenPath = subjectTokenPath
    self.subjectTokenType = subjectTokenType
  }

  /// Why the core cannot do this exchange, or ought not to; nil where it can.
  var problem: String? {
    if subjectTokenPath.isEmpty { return "The path of the subject's token is missing" }
    if subjectTokenType.isEmpty { return "The type of the subject's token is missing" }
    // What would show the token to whoever listens is refused, but for what nobody else can hear.
    let isOnThisMachine = ["localhost", "127.0.0.1", "[::1]"].contains { host in
      serviceURL.hasPrefix("http://\(host):") || serviceURL.hasPrefix("http://\(host)/")
    }
    if !serviceURL.hasPrefix("https://"), !isOnThisMachine || serviceURL.contains("@") {
      return "A token service must be asked over https, or be on this machine: \(serviceURL.quotedForMessage)"
    }
    // The core sends them in a form and does not encode them: what is encoded already stays so.
    for text in [subjectTokenType, resource, audience, scope, requestedTokenType, actorTokenType] {
      if let text, !text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "&") }) {
        return "This part of a token exchange must be percent-encoded: \(text.quotedForMessage)"
      }
    }
    return nil
  }

  var handle: CallCredentialsHandle.TokenExchange {
    var exchange = CallCredentialsHandle.TokenExchange()
    exchange.serviceURI = serviceURL
    exchange.subjectTokenPath = subjectTokenPath
    exchange.subjectTokenType = subjectTokenType
    exchange.resource = resource ?? ""
    exchange.audience = audience ?? ""
    exchange.scope = scope ?? ""
    exchange.requestedTokenType = requestedTokenType ?? ""
    exchange.actorTokenPath = actorTokenPath ?? ""
    exchange.actorTokenType = actorTokenType ?? ""
    return exchange
  }
}
