internal import GRPCRuntime

/// The settings of a channel; every one has a default.
public struct ChannelConfiguration: Sendable {
  /// The timeout of calls that say nothing of a deadline: 60 seconds. Nil gives such calls no deadline.
  public var defaultTimeout: Duration? = .seconds(60)
  /// The largest message that is taken in, in bytes: 4 MiB. A larger one ends its call with `resourceExhausted`.
  public var maxReceiveMessageBytes = 4 << 20
  /// The largest message that is sent, in bytes; nil, the default, sets no limit. A larger one ends its call with
  /// `resourceExhausted`.
  public var maxSendMessageBytes: Int?
  /// The most metadata that is taken in, in bytes: 16 KiB.
  public var maxMetadataBytes = 16 << 10
  /// Whether a call that the server has certainly not processed is made again, until its deadline: by default it is.
  ///
  /// That is so when a connection ends before it took the call, or when the server has refused the call by HTTP/2's own means. No other
  /// failure has a call made again: not a connection that was lost, after which the server may have processed the call, and no
  /// status that the server sent. See <doc:UnprocessedCalls>. Without it, a server that closes its connections now and then, to
  /// be replaced or to balance its load, costs some calls each time: they end with `unavailable`.
  public var repeatsUnprocessedCalls = true
  /// Whether the channel has a connection of its own rather than share it with other channels to the same target. Not by
  /// default.
  public var hasOwnConnection = false
  /// The wait before the second attempt to connect: 1 second. Each further wait is longer.
  public var initialReconnectBackoff = Duration.seconds(1)
  /// The longest wait between two attempts to connect: 120 seconds.
  public var maxReconnectBackoff = Duration.seconds(120)
  /// How long a connection with calls may be silent before it is probed, 1 second or more; nil, the default, does not probe.
  ///
  /// Probes go on as long as the silence does. Many servers disconnect clients that probe more often than every 5 minutes;
  /// a ThinGRPC server allows every 10 seconds.
  public var keepaliveTime: Duration?
  /// How long the answer to a probe may take: 20 seconds. After that the connection is given up.
  public var keepaliveTimeout = Duration.seconds(20)
  /// Where the control plane of an `xds:///` target is; nil, the default, takes the environment's bootstrap. See <doc:XDS>.
  public var xdsBootstrap: XDSBootstrap?

  /// Makes settings that are all at their defaults.
  public init() {}

  /// The core's form of the settings.
  ///
  /// - Throws: `SetupError` if the address needs an xDS bootstrap, and there is none.
  func arguments(for address: Address) throws(SetupError) -> ChannelArguments {
    var arguments = arguments
    guard address.isConfiguredByXDS else { return arguments }
    if let xdsBootstrap {
      XDSClient.use(xdsBootstrap.json, in: &arguments)
    } else {
      _ = try XDSBootstrap.environment()
    }
    // A control plane may say which calls are retried.
    arguments.set("grpc.enable_retries", .integer(1))
    return arguments
  }

  private var arguments: ChannelArguments {
    var arguments = ChannelArguments.common(
      maxReceiveMessageBytes: maxReceiveMessageBytes, maxSendMessageBytes: maxSendMessageBytes,
      maxMetadataBytes: maxMetadataBytes)
    // They cost each call a sixth of its price, for what `repeatsUnprocessedCalls` does at none.
    arguments.set("grpc.enable_retries", .integer(0))
    // A message in an encoding that was not offered is refused, and not inflated first.
    arguments.set("grpc.per_message_decompression", .integer(0))
    // A proxy variable in the environment must not redirect calls behind the program's back.
    arguments.set("grpc.enable_http_proxy", .integer(0))
    // Nor may whoever writes the target's DNS records configure this client.
    arguments.set("grpc.service_config_disable_resolution", .integer(1))
    if hasOwnConnection { arguments.set("grpc.use_local_subchannel_pool", .integer(1)) }
    arguments.set("grpc.initial_reconnect_backoff_ms", milliseconds: initialReconnectBackoff)
    arguments.set("grpc.max_reconnect_backoff_ms", milliseconds: maxReconnectBackoff)
    if let keepaliveTime {
      arguments.set("grpc.keepalive_time_ms", milliseconds: keepaliveTime)
      arguments.set("grpc.keepalive_timeout_ms", milliseconds: keepaliveTimeout)
      // By itself the core ends its probes after two on which nothing was sent: a listing's server could vanish unnoticed.
      arguments.set("grpc.http2.max_pings_without_data", .integer(0))
    }
    return arguments
  }
}
