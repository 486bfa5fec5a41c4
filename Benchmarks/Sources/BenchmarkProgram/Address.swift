/// Where a server listens: `HOST:PORT` or `unix:PATH`.
public enum Address: Sendable, CustomStringConvertible {
  case tcp(host: String, port: Int)
  case unix(path: String)

  /// Reads an address; nil where the text is none.
  public init?(_ text: String) {
    if text.hasPrefix("unix:") {
      let path = String(text.dropFirst(5))
      guard !path.isEmpty else { return nil }
      self = .unix(path: path)
    } else {
      guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]) else {
        return nil
      }
      let host = String(text[..<colon])
      guard !host.isEmpty, (0...65_535).contains(port) else { return nil }
      self = .tcp(host: host, port: port)
    }
  }

  /// The address to announce: this one, with the port that it got.
  public func resolved(port: Int?) -> Address {
    guard case .tcp(let host, _) = self, let port else { return self }
    return .tcp(host: host, port: port)
  }

  public var description: String {
    switch self {
    case .tcp(let host, let port): "\(host):\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }
}
