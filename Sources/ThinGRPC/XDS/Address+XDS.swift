internal import GRPCRuntime

extension Address {
  /// Whether a bootstrap says which control plane to ask; `google-c2p` has one of its own.
  var needsXDSBootstrap: Bool { text.hasPrefix("xds:") }

  /// Has `server` listen once its control plane says so, and returns the address with its port, which is taken now.
  func listenByXDS(
    _ server: ServerHandle, credentials: borrowing ServerCredentialsHandle
  ) throws(SetupError) -> String {
    guard case .tcp(let host, let port?) = place, let number = NumericHost.withoutBrackets(host) else {
      throw SetupError(
        .invalidAddress,
        "Cannot listen on \(text) by xDS: the Listeners of a control plane have numeric addresses, such as 192.0.2.1:50051 or 0.0.0.0:50051"
      )
    }
    let reserved: ReservedPort
    do throws(ReservedPort.Problem) {
      reserved = try ReservedPort(host: number, port: port)
    } catch {
      switch error {
      case .inUse: throw SetupError(.addressInUse, "Cannot listen on \(text): the address is in use")
      case .other(let reason): throw SetupError(.addressUnavailable, "Cannot listen on \(text): \(reason)")
      }
    }
    if let problem = server.addPort(reserved, credentials: credentials) {
      throw SetupError(.addressUnavailable, "Cannot listen on \(text): \(problem)")
    }
    return reserved.address
  }
}
