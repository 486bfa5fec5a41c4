internal import CGRPCShim

/// Why call credentials had nothing to send.
///
/// The core has each call end with UNAVAILABLE whose credentials fail, whatever code they said, so the code travels in the text. A server
/// that sends such a text has its call end with the code in it, which it might have sent itself.
enum CredentialsFailure {
  /// What the core puts before it: plugin_credentials.cc.
  private static let corePrefix = "Getting metadata from plugin failed with error: "

  static func text(code: Int32, message: String) -> String { "(\(code)) \(message)" }

  /// The status that was meant by one of the core; nil for any other.
  static func status(_ code: grpc_status_code, _ message: String) -> (code: Int32, message: String)? {
    // Of a token service that fails, oauth2_credentials.cc says no more.
    if code == GRPC_STATUS_UNKNOWN, message == "Error occurred when fetching oauth2 token." {
      return (GRPC_STATUS_UNAVAILABLE.code, message)
    }
    guard code == GRPC_STATUS_UNAVAILABLE, message.hasPrefix(corePrefix) else { return nil }
    let text = message.dropFirst(corePrefix.count)
    guard text.first == "(", let end = text.firstIndex(of: ")"),
      let meant = Int32(text[text.index(after: text.startIndex)..<end]), meant != 0
    else { return (code.code, String(text)) }
    return (meant, String(text[text.index(after: end)...].drop { $0 == " " }))
  }
}
