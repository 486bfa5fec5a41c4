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
  /// How long an attempt to connect has at least, handshake and all, before the next is made: 20 seconds.
  public var minConnectTimeout = Duration.seconds(20)
  /// How long a channel without calls keeps its connections; nil, the default, does not end them. It connects again with the next call.
  public var idleTimeout: Duration?
  /// How calls are made and balanced; nil, the default, says nothing of it. Not for `xds:///`, whose control plane says it.
  public var serviceConfig: ServiceConfig?
  /// What the `user-agent` header begins with, such as `myprogram/1.2`; the core's own name follows. Nil, the default, adds nothing.
  public var userAgent: String?
  /// The name that the server is called by, in the `:authority` header; nil, the default, takes it from the target.
  public var authority: String?
  /// The HTTP proxy that connections go through: none by default, whatever the environment says.
  public var httpProxy = HTTPProxy.none
  /// How long a name that DNS has been asked for is not asked for again: 30 seconds.
  public var minTimeBetweenResolutions = Duration.seconds(30)
  /// How long a connection with calls may be silent before it is probed, 1 second or more; nil, the default, does not probe.
  ///
  /// Probes go on as long as the silence does. Many servers disconnect clients that probe more often than every 5 minutes;
  /// a ThinGRPC server allows every 10 seconds.
  public var keepaliveTime: Duration?
  /// Whether connections without calls are probed too; by default they are not. A server that does not allow it disconnects after a
  /// few probes; a ThinGRPC server allows it.
  public var keepaliveWithoutCalls = false
  /// How long the answer to a probe may take: 20 seconds. After that the connection is given up.
  public var keepaliveTimeout = Duration.seconds(20)
  /// Where the control plane of an `xds:///` target is; nil, the default, takes the environment's bootstrap. See <doc:XDS>.
  public var xdsBootstrap: XDSBootstrap?

  /// Makes settings that are all at their defaults.
  public init() {}

}

/// The HTTP proxy that a channel's connections go through (CONNECT), if any.
public struct HTTPProxy: Hashable, Sendable {
  enum Kind: Hashable {
    case none, environment
    case url(String)
  }
  let kind: Kind

  /// None, whatever the environment says.
  public static let none = HTTPProxy(kind: .none)

  /// The one in the first that is set of the environment's `grpc_proxy`, `https_proxy` and `http_proxy`, but for the hosts in
  /// `no_grpc_proxy` or `no_proxy`.
  public static let environment = HTTPProxy(kind: .environment)

  /// The one at an URL, such as `http://user:password@proxy.example.com:3128`; but for the hosts that the environment has in
  /// `no_grpc_proxy` or `no_proxy`. Connections to unix sockets go through none.
  public static func url(_ url: String) -> HTTPProxy { HTTPProxy(kind: .url(url)) }
}
