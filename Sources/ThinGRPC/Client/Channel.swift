package import GRPCRuntime

/// A connection, or several, to a service by its name: what clients make their calls on.
///
/// Connects with the first call and reconnects as needed. May be used from any number of tasks; make one and keep it.
/// Rests on `grpc_channel`.
public final class Channel: Sendable {
  package let handle: ChannelHandle
  private let queues: CompletionQueues
  /// Kept because certificates are watched as long as somebody has them.
  private let credentials: ChannelCredentials
  private let lifeCycle: ChannelLifeCycle
  /// In nanoseconds.
  let defaultTimeout: Int64?
  private let repeatsUnprocessedCalls: Bool
  /// What the service config says of methods; nil where it says nothing.
  private let methods: [String: MethodSettings]?
  @usableFromInline let hasMethodSettings: Bool
  private let throttle: RetryThrottle?

  /// Makes a channel (`grpc_channel_create`). Nothing is connected yet.
  ///
  /// - Parameters:
  ///   - target: where to, as gRPC names it: `host:port`, `dns:///host:port`, `ipv4:1.2.3.4:50051,5.6.7.8:50051`,
  ///     `ipv6:[::1]:50051`, `unix:path`, `unix-abstract:name`, `xds:///name`. Ports are from 1 to 65535, 443 where there is
  ///     none; the path or name of a socket has at most 107 bytes. Percent-encoding is undone.
  ///   - credentials: how to secure the connection.
  ///   - configuration: limits and times.
  ///   - queues: the queues that have the calls' events.
  /// - Throws: `SetupError` with `invalidAddress` for a target that is none, with `invalidCertificate` or `invalidConfiguration` for
  ///   credentials that cannot be used, and with `invalidConfiguration` for settings that are of no use, or for a target of xDS if there is
  ///   no bootstrap.
  public init(
    to target: String, credentials: ChannelCredentials,
    configuration: ChannelConfiguration = ChannelConfiguration(),
    queues: CompletionQueues = .shared
  ) throws(SetupError) {
    let address = try Address(target, for: .connecting)
    self.queues = queues
    self.credentials = credentials
    var arguments = try configuration.arguments(for: address)
    credentials.add(to: &arguments)
    handle = ChannelHandle(
      target: address.coreText, credentials: try credentials.makeHandle(), arguments: arguments,
      queues: queues.queues)
    if let problem = handle.problem {
      throw SetupError(.invalidAddress, "The core refuses \(target.quotedForMessage): \(problem)")
    }
    lifeCycle = ChannelLifeCycle(handle)
    defaultTimeout = configuration.defaultTimeout?.clampedNanoseconds
    // The core makes them again itself where it has its retries.
    repeatsUnprocessedCalls = configuration.repeatsUnprocessedCalls && address.place != .controlPlane
    methods = configuration.serviceConfig.flatMap(MethodSettings.all)
    hasMethodSettings = methods != nil
    throttle = configuration.serviceConfig?.retryThrottling.map {
      RetryThrottle(maxTokens: $0.maxTokens, milliTokenRatio: $0.milliTokenRatio)
    }
  }

  /// The executor of the thread that has the channel's events: a task that prefers it makes its calls without a thread
  /// switch. Such a task must not block.
  public var executor: any TaskExecutor { queues.executor }

  /// How many calls have begun and not ended.
  public var openCallCount: Int { handle.openCallCount }

  /// Refuses new calls, waits for those that are open, and cancels them when the grace period is over.
  ///
  /// Returns when no call is open. A call that waits to be made again (<doc:UnprocessedCalls>) is not open: it is not waited for, and
  /// ends with `unavailable`. A channel that is simply let go needs no shutdown: its calls finish, then it ends.
  ///
  /// - Parameter grace: how long open calls may go on; none by default.
  public func shutdown(grace: Duration = .zero) async {
    await lifeCycle.shutDown(grace: grace)
  }

  /// Makes a call, ready to be begun.
  func makeCall(_ method: MethodDescriptor, shape: ClientCall.Shape, options: CallOptions) throws(RPCError)
    -> ClientCall
  {
    try makeCall(method, shape: shape, parameters: try parameters(of: method, options))
  }

  /// What a call is made with.
  @inline(__always)
  func parameters(of method: MethodDescriptor, _ options: CallOptions) throws(RPCError)
    -> ClientCall.Parameters
  {
    if options.credentials != nil, !credentials.isPrivate {
      throw RPCError(
        .unauthenticated,
        "The credentials of the call are sent with transport security alone, and the channel has none")
    }
    let settings = methods?[method]
    let policy = settings.flatMap { $0.hasPolicy ? $0 : nil }
    return ClientCall.Parameters(
      deadline: try options.deadline.instant(
        defaultTimeout: defaultTimeout, methodTimeout: settings?.timeout),
      metadata: try options.metadata.fieldsToSend(),
      waitsForReady: options.waitsForReady ?? settings?.waitsForReady ?? false,
      isRepeatable: repeatsUnprocessedCalls, retryableCodes: policy?.retryableCodes ?? StatusCodeSet(),
      throttle: policy == nil ? nil : throttle, credentials: options.credentials?.handle,
      onInitialMetadata: options.receivedMetadata?.onArrival)
  }

  /// When a call of a method is made again.
  @usableFromInline
  func attempts(of method: MethodDescriptor) -> Attempts { Attempts(methods?[method]?.retryPolicy) }

  func hedging(of method: MethodDescriptor) -> HedgingPolicy? { methods?[method]?.hedgingPolicy }

  /// Makes a call, ready to be begun: with what another was made with, if it takes that one's place.
  func makeCall(
    _ method: MethodDescriptor, shape: ClientCall.Shape, parameters: consuming ClientCall.Parameters
  ) throws(RPCError) -> ClientCall {
    guard let call = ClientCall(on: handle, path: method.methodPath, shape: shape, parameters: parameters)
    else {
      throw RPCError(.unavailable, "The channel is shut down")
    }
    return call
  }
}

/// The end of a channel's life, one shutdown at a time.
private actor ChannelLifeCycle {
  private let handle: ChannelHandle

  init(_ handle: ChannelHandle) {
    self.handle = handle
  }

  func shutDown(grace: Duration) async {
    // First of all: a call that began after the others were cancelled would be waited for as long as it likes.
    handle.close()
    let end = GracePeriod.cancelling(after: grace) { [handle] in handle.cancelOpenCalls() }
    await handle.drain()
    end.cancel()
  }
}
