internal import GRPCRuntime

/// Serves services on one or more addresses.
///
/// Listens and serves from the moment it is made until `shutdown`. Rests on `grpc_server`.
public actor Server {
  /// The addresses that are listened on, with the ports that were chosen for port 0.
  public nonisolated let addresses: [String]

  private let handle: ServerHandle
  /// Kept because certificates are watched as long as somebody has them.
  private let credentials: [ServerCredentials]
  private var state = State.serving
  private var waitingForCalls: [CheckedContinuation<Void, Never>] = []
  private var waitingForStop: [CheckedContinuation<Void, Never>] = []
  /// Waits for the calls that were on their way when the shutdown began.
  private var lastCalls: Task<Void, any Error>?
  /// Whether a further shutdown has left no grace period.
  private var isCutShort = false

  /// How long no call arrives once all that were on their way have.
  private static let quietAfterLastCalls = Duration.milliseconds(250)
  /// How often calls may arrive in that time: how long clients may ignore that they are to make no new ones.
  private static let mostLooksAtLastCalls = 20
  /// The same where the machine is so busy that each look takes much longer.
  private static let longestLastCalls = Duration.seconds(60)

  private enum State {
    case serving, stopping
    /// No call is left, but handlers may be that have not noticed their cancellation.
    case callsAreOver
    case stopped
  }

  /// Listens on `addresses`, all with the same credentials, and begins to serve.
  ///
  /// - Parameters:
  ///   - addresses: each `host:port` (port 0 for any that is free; an IPv6 address in brackets), `unix:path` or
  ///     `unix-abstract:name`, of at most 107 bytes. Percent-encoding is undone, as in a channel's target.
  ///   - credentials: how connections are secured.
  ///   - services: what is served. Calls of other methods are answered `unimplemented`.
  ///   - interceptors: run around every handler, the first outermost.
  ///   - configuration: limits and times.
  ///   - onUnexpectedError: told of every error a handler throws that is neither an `RPCError` nor a cancellation. The
  ///     client only learns that the handler failed.
  /// - Throws: `SetupError` if an address is in use, not available or not an address, if two services have one method, or if
  ///   credentials cannot be used.
  public init(
    listeningOn addresses: [String], credentials: ServerCredentials, services: [any RPCService],
    interceptors: [any ServerInterceptor] = [], configuration: ServerConfiguration = ServerConfiguration(),
    onUnexpectedError: (@Sendable (any Error, ServerContext) -> Void)? = nil
  ) throws(SetupError) {
    try self.init(
      listeningOn: addresses.map { ListeningAddress($0, credentials: credentials) }, services: services,
      interceptors: interceptors, configuration: configuration, onUnexpectedError: onUnexpectedError)
  }

  /// Listens on `addresses`, each with its credentials, and begins to serve. Otherwise as the initializer with one for all.
  ///
  /// - Throws: `SetupError` as the other does.
  public init(
    listeningOn addresses: [ListeningAddress], services: [any RPCService],
    interceptors: [any ServerInterceptor] = [], configuration: ServerConfiguration = ServerConfiguration(),
    onUnexpectedError: (@Sendable (any Error, ServerContext) -> Void)? = nil
  ) throws(SetupError) {
    credentials = addresses.map(\.credentials)
    let queues = CompletionQueues(count: configuration.queueCount)
    let handle = ServerHandle(
      arguments: configuration.arguments, queues: queues.queues,
      execution: configuration.handlerExecution.runtimeValue,
      limits: configuration.callLimits, connectionLimits: configuration.connectionLimits)
    do throws(SetupError) {
      for method in services.flatMap(\.rpcMethods) {
        let serving = CallServing(
          method: method, interceptors: interceptors, onUnexpectedError: onUnexpectedError)
        let isNew = handle.register(
          method.descriptor.path, input: method.input, output: method.output, handler: serving.begin)
        guard isNew else {
          throw SetupError(.invalidConfiguration, "The method \(method.descriptor.path) is served twice")
        }
      }
      if let mode = configuration.unixSocketMode, mode > 0o777 {
        throw SetupError(
          .invalidConfiguration, "A unix socket has permissions up to 0777, not \(String(mode, radix: 8))")
      }
      try configuration.xds?.configure(handle)
      if addresses.isEmpty { throw SetupError(.invalidAddress, "There is no address to listen on") }
      var bound: [String] = []
      for address in addresses {
        bound.append(
          try Address(address.address, for: .listening).listen(
            handle, credentials: address.credentials.makeHandle(), socketMode: configuration.unixSocketMode))
      }
      self.addresses = bound
    } catch {
      handle.abandon()
      throw error
    }
    self.handle = handle
    handle.start()
  }

  deinit {
    if case .serving = state { handle.abandon() }
  }

  /// How many handlers have begun and not returned.
  public nonisolated var runningHandlerCount: Int { handle.runningHandlerCount }

  /// Stops listening, lets the calls that run finish, and cancels them when the grace period is over.
  ///
  /// Clients are told to make their calls elsewhere. Those that they had sent before they knew are served: so with a grace
  /// period, the shutdown takes as long as such calls arrive, and a quarter of a second more.
  ///
  /// A unary or server-streaming call whose request is still on its way then is cancelled, unless
  /// ``ServerConfiguration/maxRequestTime`` is set: without it the core has not handed the call over yet.
  ///
  /// Returns when no call is left and every handler has returned: one that ignores its cancellation delays that, and so does, for a
  /// second at most, a client that does not end its side of a connection. From a
  /// handler of this server it returns when no call is left. A second call, with a shorter grace period, cuts the first one's
  /// short.
  ///
  /// - Parameter grace: how long calls may go on; none by default.
  public func shutdown(grace: Duration = .zero) async {
    switch state {
    case .stopped: return
    case .callsAreOver: return await waitUntilStopped()
    case .stopping:
      let graceEnd = cancelCalls(after: grace)
      if grace == .zero {
        isCutShort = true
        lastCalls?.cancel()
      }
      await waitUntilStopped()
      return graceEnd.cancel()
    case .serving: state = .stopping
    }
    let graceBegin = ContinuousClock.now
    if grace > .zero, handle.announceEnd() { await serveLastCalls(within: grace) }
    var graceEnd: Task<Void, any Error>?
    await handle.shutDown {
      graceEnd = cancelCalls(after: isCutShort ? .zero : grace - (ContinuousClock.now - graceBegin))
    }
    graceEnd?.cancel()
    state = .callsAreOver
    for continuation in waitingForCalls { continuation.resume() }
    waitingForCalls = []
    let end = Task { await finishStopping() }
    if !isInHandler { await end.value }
  }

  private func finishStopping() async {
    await handle.waitUntilOver()
    state = .stopped
    for continuation in waitingForStop { continuation.resume() }
    waitingForStop = []
  }

  /// Whether a handler of this server is asking, which must not wait for itself.
  private var isInHandler: Bool { ServerContext.current.map { $0.call.isServed(by: handle) } ?? false }

  /// Returns when no call has arrived for a while. What arrives later, the core cancels.
  private func serveLastCalls(within grace: Duration) async {
    let end = ContinuousClock.now + min(grace, Self.longestLastCalls)
    let waiting = Task { [handle] in
      for _ in 0..<Self.mostLooksAtLastCalls {
        let (begun, begin) = (handle.begunHandlerMark, ContinuousClock.now)
        try await Task.sleep(for: min(Self.quietAfterLastCalls, end - begin))
        // On a machine so busy that this comes late, clients are not heard from for other reasons.
        let isLate = ContinuousClock.now - begin > Self.quietAfterLastCalls * 2
        if begun == handle.begunHandlerMark && !isLate || ContinuousClock.now >= end { return }
      }
    }
    lastCalls = waiting
    // Cancelled where the grace period is cut short.
    _ = await waiting.result
  }

  private func cancelCalls(after grace: Duration) -> Task<Void, any Error> {
    GracePeriod.cancelling(after: grace) { [handle] in handle.cancelAllCalls() }
  }

  /// Returns when a shutdown has finished; to a handler of this server, when no call is left.
  public func waitUntilStopped() async {
    switch state {
    case .stopped: return
    case .callsAreOver where isInHandler: return
    case _ where isInHandler: await withCheckedContinuation { waitingForCalls.append($0) }
    default: await withCheckedContinuation { waitingForStop.append($0) }
    }
  }
}
