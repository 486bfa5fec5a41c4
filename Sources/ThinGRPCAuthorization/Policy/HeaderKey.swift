/// Which headers a policy may look at.
enum HeaderKey {
  /// The headers that belong to one connection, and the host: gRFC A43 refuses them.
  private static let refused: Set<String> = [
    "host", "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer",
    "transfer-encoding", "upgrade",
  ]

  /// The headers that the core keeps to itself. A rule about one would never match, and one that denies would not deny.
  private static let hidden: Set<String> = ["content-type", "endpoint-load-metrics-bin"]

  /// A key as metadata has it. Letters of ASCII alone are changed: others have no place in one.
  static func lowercased(_ key: String) -> String {
    let bytes = key.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Why a policy may not look at a header; nil where it may.
  ///
  /// - Parameter key: in lower case.
  static func problem(_ key: String) -> String? {
    if key.hasPrefix(":") || key.hasPrefix("grpc-") || refused.contains(key) {
      return "a policy may not look at this header"
    }
    if hidden.contains(key) { return "the server does not get to see this header" }
    let isLegal = key.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
        UInt8(ascii: "_"), UInt8(ascii: "."):
        true
      default: false
      }
    }
    return isLegal ? nil : "no header can have this name"
  }
}
