internal import GRPCRuntime

/// The settings of a server; every one has a default.
public struct ServerConfiguration: Sendable {
  /// Where handlers run.
  public struct HandlerExecution: Hashable, Sendable {
    private enum Kind { case onQueue, onGlobalPool }
    private let kind: Kind

    /// On the thread of their call's completion queue, without a thread switch. A handler must not block there: it
    /// would stall every call of that queue. Awaiting is fine.
    public static let onQueue = HandlerExecution(kind: .onQueue)
    /// On Swift's global pool: for handlers that compute for long.
    public static let onGlobalPool = HandlerExecution(kind: .onGlobalPool)

    var runtimeValue: GRPCRuntime.HandlerExecution {
      switch kind {
      case .onQueue: .queue
      case .onGlobalPool: .globalPool
      }
    }
  }

  /// How many completion queues, and threads that drive them, the server has: one for each two processors.
  public var queueCount = CompletionQueues.defaultCount
  /// Where handlers run: on their call's queue.
  public var handlerExecution = HandlerExecution.onQueue
  /// The largest message that is taken in, in bytes: 4 MiB. A larger one ends its call with `resourceExhausted`.
  public var maxReceiveMessageBytes = 4 << 20
  /// The largest message that is sent, in bytes; nil, the default, sets no limit. A larger one ends its call with
  /// `resourceExhausted`.
  public var maxSendMessageBytes: Int?
  /// The most metadata that is taken in, in bytes: 16 KiB. More ends the call with `resourceExhausted`.
  public var maxMetadataBytes = 16 << 10
  /// The most that goes out with a status, in bytes: 8 KiB, which is what gRPC's clients take in unless they are told to take more.
  /// HTTP/2 counts 32 bytes for each entry beside its text, and 256 are kept for gRPC's own entries. A status message that is
  /// longer is cut, where each byte that is not printable ASCII counts as three; trailing metadata that leaves no room for
  /// 1 KiB of the message is left out, and the message says so. Typed details (`grpc-status-details-bin`) that leave no room for the
  /// whole message go first. The code stays as it is.
  public var maxStatusBytes = 8 << 10
  /// How many calls a connection may have open at a time: 1,000. A client keeps further calls waiting.
  ///
  /// One that never acknowledges the server's settings, and so passes the core's limit, gets the ``overloadAnswer`` for those above a
  /// quarter more. Over a unix socket it passes: connections of these cannot be told apart.
  public var maxConcurrentCallsPerConnection = 1_000
  /// How many calls one address may have in progress, over all its connections, in full or up to a quarter more; nil, the default,
  /// sets no limit, because behind a proxy or a router all clients have one address. With IPv6 an address is the network of 64 bits.
  /// Further calls get the ``overloadAnswer``.
  public var maxCallsPerAddress: Int?
  /// How many calls may be in progress at a time, over all connections: 10,000; nil sets no limit. Further ones get the
  /// ``overloadAnswer`` before a handler sees them.
  public var maxCallsInProgress: Int? = 10_000
  /// How many calls may wait for a handler: 2,000, which take some 25 MB; nil sets no limit. A call waits while no thread of the
  /// global pool has time for it, and, with a ``maxRequestTime``, while its request arrives. Further ones end at once with the
  /// status of the ``overloadAnswer``.
  public var maxWaitingCalls: Int? = 2_000
  /// How calls are refused for which there is no room: `unavailable`, with a delay of one second, for nothing was done, and clients
  /// that came back at once would keep the server busy refusing them.
  public var overloadAnswer = OverloadAnswer.unavailable(retryDelay: .seconds(1))
  /// How many calls a connection may cancel within a second: 1,000; nil sets no limit. A connection that cancels more is reset, and its
  /// other calls end with it. Clients whose users change their minds do not come near; those that open and cancel calls as fast as
  /// they can to keep a server busy (CVE-2023-44487) make ten thousands.
  public var maxCancelledCallsPerSecond: Int? = 1_000
  /// How many connections the server may have open; nil, the default, sets no limit but that of descriptors, because what a
  /// connection may cost depends on the machine. Further ones are closed at once.
  public var maxConnections: Int?
  /// How many connections one address may have open; nil, the default, sets no limit, because behind a proxy or a router all
  /// clients have one address. With IPv6 an address is the network of 64 bits. Further ones are closed at once.
  public var maxConnectionsPerAddress: Int?
  /// How long the request of a unary or server-streaming call may take to arrive, from its first to its last byte; nil, the
  /// default, sets no limit. A call that takes longer ends with `deadlineExceeded`.
  ///
  /// Nil, because it costs each such call about 5 % of its price: the core then hands over the call before its request. A server
  /// that clients reach which it does not know should set it. It does not hold for streams of requests, which may be silent for
  /// as long as they like.
  public var maxRequestTime: Duration?
  /// How much memory the transport may take for connections, calls and messages that are on their way, in bytes; for all
  /// connections together: `defaultMemoryQuotaBytes`, an eighth of what the process may have. Nil sets no limit.
  ///
  /// Near the limit the core lets clients send less at a time. Beyond it connections without calls are sent away, and calls are
  /// ended, one by one and any of them, with `resourceExhausted`, until it is met. What the handlers themselves hold is not
  /// counted.
  public var memoryQuotaBytes: Int? = ServerConfiguration.defaultMemoryQuotaBytes
  /// An eighth of the machine's memory, or of the limit of the process's control group (version 1 or 2) where that is lower;
  /// in bytes.
  public static let defaultMemoryQuotaBytes = SystemMemory.byteCount / 8
  /// How long a connection without calls is kept; nil, the default, keeps it as long as it answers its probes. Its client
  /// reconnects when it needs to. A limit costs each call about 4 % of its price: the core then watches every call.
  public var maxConnectionIdle: Duration?
  /// How long a connection is kept at most, give or take a tenth, so that not all come back at once; nil, the default, sets no
  /// limit. An age lets clients find the servers that a name has gained. They lose no call by it: they are told to make new calls
  /// elsewhere, and those under way go on.
  public var maxConnectionAge: Duration?
  /// How long the calls of a connection that is too old may go on; nil, the default, sets no limit. With one, calls that last longer
  /// are cancelled.
  public var maxConnectionAgeGrace: Duration?
  /// How long a connection may be silent before it is probed: 2 minutes.
  public var keepaliveTime = Duration.seconds(120)
  /// How long the answer to a probe may take: 20 seconds. After that the connection is closed and its calls are cancelled.
  public var keepaliveTimeout = Duration.seconds(20)
  /// How often a client may probe a connection, with calls open or without: every 10 seconds. One that probes more often is
  /// disconnected after ``maxClientProbeStrikes``.
  public var minClientProbeInterval = Duration.seconds(10)
  /// How many probes may come too early, since the server last sent data on the connection: 2, which a network that delays probes may bring
  /// about; 0 sets no limit. With one more the client is disconnected (GOAWAY, ENHANCE_YOUR_CALM).
  public var maxClientProbeStrikes = 2
  /// How long a connection may take to get ready, to the end of TLS and of HTTP/2's settings: 10 seconds. One that takes longer is
  /// closed.
  public var handshakeTimeout = Duration.seconds(10)
  /// The permissions of the unix sockets that the server listens on, up to `0o777`, such as `0o660`: to connect takes the
  /// right to write. Nil, the default, leaves them to the process's umask; with the customary 022 only the process's own
  /// user can connect. The socket has them from the moment it is there.
  public var unixSocketMode: UInt16?
  /// What is done when a listener accepts no connection any more, while the server serves: an error is logged. No shortage of
  /// descriptors or memory brings that about, for listeners live on by themselves.
  public var deadListenerAction = DeadListenerAction.report
  /// Has an xDS control plane say whether and how the addresses are served; nil, the default, serves them at once. They are then
  /// numeric, with a port; see <doc:XDS>.
  public var xds: XDSServerConfiguration?

  /// Makes settings that are all at their defaults.
  public init() {}

  /// The core's form of the settings.
  var arguments: ChannelArguments {
    var arguments = ChannelArguments.common(
      maxReceiveMessageBytes: maxReceiveMessageBytes, maxSendMessageBytes: maxSendMessageBytes,
      maxMetadataBytes: maxMetadataBytes)
    arguments.memoryQuotaByteCount = memoryQuotaBytes
    if let xds {
      // With the socket that keeps the port: see ``ReservedPort``.
      arguments.set("grpc.so_reuseport", .integer(1))
      arguments.set("grpc.experimental.server_config_change_drain_grace_time_ms", milliseconds: xds.drainTime)
    } else {
      // With the core's default, two servers share a port in silence.
      arguments.set("grpc.so_reuseport", .integer(0))
    }
    arguments.set("grpc.max_concurrent_streams", clamping: maxConcurrentCallsPerConnection)
    if let maxConnectionIdle { arguments.set("grpc.max_connection_idle_ms", milliseconds: maxConnectionIdle) }
    if let maxConnectionAge { arguments.set("grpc.max_connection_age_ms", milliseconds: maxConnectionAge) }
    if let maxConnectionAgeGrace {
      arguments.set("grpc.max_connection_age_grace_ms", milliseconds: maxConnectionAgeGrace)
    }
    arguments.set("grpc.keepalive_time_ms", milliseconds: keepaliveTime)
    arguments.set("grpc.keepalive_timeout_ms", milliseconds: keepaliveTimeout)
    arguments.set("grpc.http2.min_ping_interval_without_data_ms", milliseconds: minClientProbeInterval)
    arguments.set("grpc.http2.max_ping_strikes", clamping: maxClientProbeStrikes)
    // Also between calls, where the core would allow a probe every two hours; and as many of its own as it takes.
    arguments.set("grpc.keepalive_permit_without_calls", .integer(1))
    arguments.set("grpc.http2.max_pings_without_data", .integer(0))
    arguments.set("grpc.server_handshake_timeout_ms", milliseconds: handshakeTimeout)
    return arguments
  }
}
