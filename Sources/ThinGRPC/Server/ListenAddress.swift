internal import GRPCRuntime

/// An address to listen on.
struct ListenAddress {
  private enum Kind {
    case tcp(host: String, port: UInt16)
    case unix(path: String)
    case unixAbstract
  }

  private let kind: Kind
  private let text: String

  init(_ text: String) throws(SetupError) {
    self.text = text
    if let path = text.dropping(prefix: "unix:") {
      if path.isEmpty || path.utf8.count > UnixSocket.longestPath {
        throw SetupError(
          .invalidAddress, "'\(text)': the path of a unix socket has 1 to \(UnixSocket.longestPath) bytes")
      }
      kind = .unix(path: path)
    } else if text.dropping(prefix: "unix-abstract:") != nil {
      kind = .unixAbstract
    } else {
      guard let colon = text.lastIndex(of: ":"), colon != text.startIndex,
        let port = UInt16(text[text.index(after: colon)...])
      else {
        throw SetupError(
          .invalidAddress, "'\(text)' is no address: write HOST:PORT, unix:PATH or unix-abstract:NAME")
      }
      kind = .tcp(host: String(text[..<colon]), port: port)
    }
  }

  /// Has `server` listen, and returns the address with its port.
  ///
  /// - Parameter socketMode: the permissions of a unix socket; nil leaves them to the process's umask.
  func listen(
    _ server: ServerHandle, credentials: borrowing ServerCredentialsHandle, socketMode: UInt16?
  ) throws(SetupError) -> String {
    var mode: UInt16?
    if case .unix(let path) = kind {
      try prepareSocket(path)
      mode = socketMode
    }
    let (port, problem) = UnixSocket.withMode(mode) { server.addPort(text, credentials: credentials) }
    guard let port else {
      if problem.contains("Address already in use") {
        throw SetupError(.addressInUse, "Cannot listen on \(text): the address is in use")
      }
      throw SetupError(.addressUnavailable, "Cannot listen on \(text): \(Self.reason(in: problem))")
    }
    if case .tcp(let host, _) = kind { return "\(host):\(port)" }
    return text
  }

  /// The core replaces a socket file, also one that a live server listens on.
  private func prepareSocket(_ path: String) throws(SetupError) {
    switch UnixSocket.state(at: path) {
    case .free: return
    case .abandoned: UnixSocket.remove(path)
    case .inUse: throw SetupError(.addressInUse, "Cannot listen on \(text): the socket is in use")
    case .otherFile: throw SetupError(.addressUnavailable, "Cannot listen on \(text): the file is no socket")
    }
  }

  /// The system's own words from an error of the core, which nests them: `... os_error:"Permission denied" ...`.
  private static func reason(in problem: String) -> String {
    for marker in ["os_error:\"", "\"os_error\":\""] {
      guard let start = problem.firstRange(of: marker)?.upperBound else { continue }
      return String(problem[start...].prefix { $0 != "\"" })
    }
    if problem.contains("Name or service not known") { return "the host is not known" }
    return problem.isEmpty ? "the core does not say why" : problem
  }
}

extension String {
  fileprivate func dropping(prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}
