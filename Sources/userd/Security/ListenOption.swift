internal import ThinGRPC

/// One value of `--listen`: an address, with `tls://` before it for TLS.
struct ListenOption: Hashable {
  let address: String
  let isTLS: Bool

  private static let prefix = "tls://"

  init(_ text: String) {
    isTLS = text.lowercased().hasPrefix(Self.prefix)
    address = isTLS ? String(text.dropFirst(Self.prefix.count)) : text
  }

  /// How it is named where it is listened on, with the port that was chosen.
  func name(of boundAddress: String) -> String { (isTLS ? Self.prefix : "") + boundAddress }

  /// Whether only the machine itself can connect: a unix socket, or an address of the loopback interface. A name other than
  /// `localhost` is not looked up: it does not count as one.
  var staysOnMachine: Bool {
    if address.hasPrefix("unix:") || address.hasPrefix("unix-abstract:") { return true }
    guard let colon = address.lastIndex(of: ":") else { return false }
    let host = address[..<colon]
    if ["localhost", "[::1]"].contains(host) { return true }
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
    return numbers.count == 4 && numbers[0] == "127"
      && numbers.allSatisfy { UInt8($0) != nil && $0.allSatisfy(\.isNumber) }
  }
}
