internal import GRPCRuntime

/// How a server lets an xDS control plane say where and how it serves (gRFC A36). See <doc:XDS>.
///
/// Rests on `grpc_server_config_fetcher_xds_create`.
public struct XDSServerConfiguration: Sendable {
  /// The bootstrap; nil, the default, takes the environment's. It must have `server_listener_resource_name_template`.
  public var bootstrap: XDSBootstrap?
  /// How long the calls of a connection may go on that was made before the control plane changed the Listener, or took it away:
  /// 10 minutes. Its client is told to make further calls on a new connection.
  public var drainTime = Duration.seconds(600)
  /// Told when an address begins or ceases to be served, and why.
  public var onServingStatusChange: @Sendable (XDSServingStatus) -> Void

  /// Makes a configuration.
  ///
  /// - Parameters:
  ///   - bootstrap: where the control plane is; nil for the environment's.
  ///   - onServingStatusChange: called in a task of its own, one status after another.
  public init(
    bootstrap: XDSBootstrap? = nil, onServingStatusChange: @escaping @Sendable (XDSServingStatus) -> Void
  ) {
    self.bootstrap = bootstrap
    self.onServingStatusChange = onServingStatusChange
  }

  /// Has the control plane configure a server.
  func configure(_ server: ServerHandle) throws(SetupError) {
    let used = if let bootstrap { bootstrap } else { try XDSBootstrap.environment() }
    guard used.namesServerListeners else {
      throw SetupError(
        .invalidConfiguration,
        "\(used.source) has no server_listener_resource_name_template: a server needs it to know its Listeners"
      )
    }
    var arguments = ChannelArguments()
    if bootstrap != nil { XDSClient.use(used.json, in: &arguments) }
    let updates = ServingStatusUpdates(onServingStatusChange)
    let problem = server.configureByXDS(arguments) { address, code, message in
      updates.add(
        XDSServingStatus(
          address: address, problem: code == 0 ? nil : RPCError(StatusCode(rawValue: code), message)))
    }
    if let problem {
      throw SetupError(.invalidConfiguration, "The core takes no configuration by xDS: \(problem)")
    }
  }
}

/// Whether an address of a server is served.
public struct XDSServingStatus: Hashable, Sendable {
  /// The address, one of those in `Server.addresses`.
  public let address: String
  /// Why it is not served, such as `notFound` if there is no Listener of its name; nil if it is served.
  public let problem: RPCError?

  /// Whether new connections are served. Those of an address that is not served are closed, or refused if it never was.
  public var isServing: Bool { problem == nil }
}

/// Hands what the core tells on its own threads, with a lock held, to code that may do as it likes.
private final class ServingStatusUpdates: Sendable {
  private let continuation: AsyncStream<XDSServingStatus>.Continuation

  init(_ onChange: @escaping @Sendable (XDSServingStatus) -> Void) {
    let (updates, continuation) = AsyncStream<XDSServingStatus>.makeStream()
    self.continuation = continuation
    Task {
      for await update in updates { onChange(update) }
    }
  }

  deinit {
    continuation.finish()
  }

  func add(_ update: XDSServingStatus) { continuation.yield(update) }
}
