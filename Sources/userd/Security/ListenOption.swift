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
}
