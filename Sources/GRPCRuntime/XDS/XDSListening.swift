internal import CGRPCShim

/// What a server has that an xDS control plane configures.
final class XDSListening {
  private let observer: UInt
  private var ports: [ReservedPort] = []

  init(observer: UInt) {
    self.observer = observer
  }

  deinit {
    ServingStatusObservers.remove(observer)
  }

  /// Keeps a port.
  func add(_ port: ReservedPort) {
    ports.append(port)
  }

  /// Gives up the ports, before the core closes what listens on them.
  func giveUpPorts() {
    ports = []
  }
}

extension ServerHandle {
  /// Whether an xDS control plane configures the server.
  package var isConfiguredByXDS: Bool { xds != nil }

  /// Has a control plane configure the server (`grpc_server_config_fetcher_xds_create`, `grpc_server_set_config_fetcher`). Before a
  /// port is added.
  ///
  /// - Parameters:
  ///   - arguments: those of the client of the control plane; see `XDSClient`.
  ///   - onServingStatus: told whether an address is served: the address, a status code, which is OK if it is, and a message. On
  ///     a thread of the core's; it must neither block nor call the core.
  /// - Returns: why the core cannot do it; nil where it can.
  package func configureByXDS(
    _ arguments: ChannelArguments, onServingStatus: @escaping @Sendable (String, Int32, String) -> Void
  ) -> String? {
    let observer = ServingStatusObservers.add(onServingStatus)
    let (fetcher, problem) = unsafe CoreLog.capturingError {
      unsafe arguments.withCoreArguments {
        unsafe grpc_server_config_fetcher_xds_create(ServingStatusObservers.notifier(for: observer), $0)
      }
    }
    guard let fetcher = unsafe fetcher else {
      ServingStatusObservers.remove(observer)
      return problem
    }
    unsafe grpc_server_set_config_fetcher(pointer, fetcher)
    xds = XDSListening(observer: observer)
    return nil
  }

  /// Has the core listen on a port as soon as the control plane says so (`grpc_server_add_http2_port`).
  ///
  /// - Returns: what the core says if it cannot; nil if it can.
  package func addPort(_ port: ReservedPort, credentials: borrowing ServerCredentialsHandle) -> String? {
    let credentialsPointer = unsafe credentials.pointer
    let (result, problem) = CoreLog.capturingError {
      unsafe grpc_server_add_http2_port(pointer, port.address, credentialsPointer)
    }
    // The core knows no port yet, and says -1.
    if result == 0 { return problem }
    xds?.add(port)
    if let place = port.place { ListeningSockets.expect(at: place, for: listening) }
    return nil
  }
}
