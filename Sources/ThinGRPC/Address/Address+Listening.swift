internal import GRPCRuntime

extension Address {
  /// Has `server` listen, and returns the address with its port.
  ///
  /// - Parameter socketMode: the permissions of a unix socket; nil leaves them to the process's umask.
  func listen(
    _ server: ServerHandle, credentials: borrowing ServerCredentialsHandle, socketMode: UInt16?
  ) throws(SetupError) -> String {
    if server.isConfiguredByXDS { return try listenByXDS(server, credentials: credentials) }
    var mode: UInt16?
    if case .unix(let path) = place {
      try prepareSocket(path)
      mode = socketMode
    }
    let (port, problem) = UnixSocket.withMode(mode) {
      server.addPort(coreText, socketName: socketName, credentials: credentials)
    }
    guard let port else {
      if problem.contains("Address already in use") {
        throw SetupError(.addressInUse, "Cannot listen on \(text): the address is in use")
      }
      throw SetupError(.addressUnavailable, "Cannot listen on \(text): \(Self.reason(in: problem))")
    }
    // Encoded, for a zone may begin with what looks like percent-encoding.
    if case .tcp(let host, _) = place { return "\(host.percentEncoded):\(port)" }
    return text
  }

  /// The path of a unix socket, or an abstract name; nil for a port.
  private var socketName: String? {
    switch place {
    case .unix(let name), .unixAbstract(let name): name
    default: nil
    }
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
