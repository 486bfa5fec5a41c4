internal import CGRPCShim
internal import Synchronization

/// A `grpc_server`, its queues and its methods.
///
/// Set up (ports, methods), then started, then shut down. Its posted requests and its calls keep it alive, so it is
/// destroyed after the last of them: `shutDown` or `abandon` must be called for that.
@safe package final class ServerHandle: @unchecked Sendable {
  // Sendable: `methods`, `isWatched` and `xds` are set up by the end of `start`; after it, the one who shuts down has the ports.
  let pointer: OpaquePointer
  private let queues: [CompletionQueue]
  private var methods: [RegisteredMethod] = []
  /// Where handlers run.
  let execution: HandlerExecution
  /// Whether the queues are watched; see `StallWatch`.
  private var isWatched = false
  let limits: CallLimits
  let listening: ListeningServer
  let waiting: WaitingCalls
  let callsByPeer: CallsByPeer
  let resets: ResetWatch
  /// The calls whose only request is on its way, where there is a limit to that.
  let arrivingRequests: ArrivingRequests?
  let statusRoom: StatusRoom
  let handlers = HandlerCount()
  /// What an xDS control plane configures; nil where none does.
  var xds: XDSListening?

  /// How many requests of each method are posted ahead on each queue at first. A call that finds none waits in the core
  /// until the next is posted, which each accepted call does first.
  private static let initialRequests = 2

  package init(
    arguments: ChannelArguments, queues: [CompletionQueue], execution: HandlerExecution,
    limits: CallLimits, connectionLimits: ConnectionLimits
  ) {
    self.queues = queues
    self.execution = execution
    self.limits = limits
    listening = ListeningServer(limits: connectionLimits, queues: queues)
    let waiting = WaitingCalls(most: limits.maxWaitingCalls)
    self.waiting = waiting
    callsByPeer = CallsByPeer(limits: limits)
    resets = ResetWatch(limit: limits.maxResetsPerSecond)
    arrivingRequests = limits.requestTime.map { ArrivingRequests(limit: $0, waiting: waiting) }
    statusRoom = StatusRoom(limit: limits.maxStatusBytes)
    unsafe pointer = arguments.withCoreArguments { unsafe grpc_server_create($0, nil) }
    for queue in queues {
      unsafe grpc_server_register_completion_queue(pointer, queue.loop.queue.pointer, nil)
    }
  }

  deinit {
    if isWatched { StallWatch.shared.remove(queues) }
    unsafe grpc_server_destroy(pointer)
  }

  /// Listens on `address` (`grpc_server_add_http2_port`).
  ///
  /// - Parameter socketName: the path of a unix socket, or an abstract name; nil for a port.
  /// - Returns: the port, or nil and what the core says of the failure.
  package func addPort(
    _ address: String, socketName: String?, credentials: borrowing ServerCredentialsHandle
  ) -> (port: Int?, problem: String) {
    let credentialsPointer = unsafe credentials.pointer
    let (port, problem) = ListeningSockets.adding(for: listening, named: socketName) {
      CoreLog.capturingError {
        unsafe Int(grpc_server_add_http2_port(pointer, address, credentialsPointer))
      }
    }
    return (port == 0 ? nil : port, problem)
  }

  /// Adds a method (`grpc_server_register_method`); false if there is one with this path already. Before `start`.
  ///
  /// - Parameter handler: starts a task that serves a call, and returns it. Called on the call's queue.
  package func register(
    _ path: String, input: RegisteredMethod.MessageCount, output: RegisteredMethod.MessageCount,
    handler: @escaping @Sendable (ServerCall) -> Task<Void, Never>
  ) -> Bool {
    // Where its request comes along with a call, the call is not seen before its request is whole: no limit would hold.
    let payload =
      input == .one && limits.requestTime == nil
      ? GRPC_SRM_PAYLOAD_READ_INITIAL_BYTE_BUFFER : GRPC_SRM_PAYLOAD_NONE
    guard let tag = unsafe grpc_server_register_method(pointer, path, nil, payload, 0) else { return false }
    methods.append(unsafe RegisteredMethod(tag: tag, input: input, output: output, handler: handler))
    return true
  }

  /// Begins to serve (`grpc_server_start`).
  package func start() {
    if !Environment.hasHeapPolicy { FreedMemory.watch() }
    StallWatch.shared.add(queues)
    isWatched = true
    unsafe grpc_server_start(pointer)
    for queue in queues {
      for _ in 0..<Self.initialRequests {
        for method in methods { post(method, on: queue) }
        UnregisteredCall.post(on: self, queue: queue)
      }
    }
  }

  /// Asks for a call of `method`; true if there is one already.
  @discardableResult
  private func post(_ method: RegisteredMethod, on queue: CompletionQueue) -> Bool {
    ServerCall(server: self, method: method, queue: queue).post()
  }

  /// Asks for another call of `method` in place of one that was accepted, and for one more where calls come faster than
  /// requests for them.
  ///
  /// So the requests that are posted ahead are about as many as the calls that come at a time: a call that finds none costs
  /// the core a detour, and each that is outstanding costs time at each event, for Debian's build of the core looks
  /// through all of them.
  func replaceRequest(of method: RegisteredMethod, on queue: CompletionQueue) {
    if post(method, on: queue), method.mayAddRequest() { post(method, on: queue) }
  }

  /// Why no handler is to see a call that was accepted; nil where one is.
  ///
  /// The core holds peers to the limit of metadata only once they have acknowledged its settings.
  func refusal(of call: ServerCall) -> Refusal? {
    let byteCount = call.receivedInitialMetadataByteCount
    if byteCount > limits.maxMetadataBytes {
      return Refusal(
        code: GRPC_STATUS_RESOURCE_EXHAUSTED.code,
        message:
          "The metadata of the call has \(byteCount) bytes, more than the limit of \(limits.maxMetadataBytes)"
      )
    }
    return runningHandlerCount >= limits.maxCalls ? refusalOfOverload : nil
  }

  /// Why a call that is whole is not to be served; nil where it is, and counted then.
  func refusalOfHandler(of call: ServerCall) -> Refusal? {
    let running = runningHandlerCount
    if running < limits.countedFrom, running < limits.maxCalls { return nil }
    // Others may have begun while its request arrived.
    if running >= limits.maxCalls { return refusalOfOverload }
    return call.countForPeer().map { limits.overloadAnswer.refusal($0) }
  }

  private var refusalOfOverload: Refusal {
    limits.overloadAnswer.refusal("The server has \(limits.maxCalls) calls in progress")
  }

  /// Stops listening, and tells clients to make their further calls elsewhere (GOAWAY), while those that are on their way are
  /// accepted still.
  ///
  /// `shutDown` does the same, but cancels what arrives from then on.
  ///
  /// - Returns: whether the core can do it.
  package func announceEnd() -> Bool {
    forgetListeningSockets()
    return unsafe thin_announce_end(pointer) != 0
  }

  /// Before the core closes them: what is opened next may have their descriptors.
  private func forgetListeningSockets() {
    ListeningSockets.remove(of: listening)
    xds?.giveUpPorts()
  }

  /// Stops accepting calls, and returns when the last one has ended (`grpc_server_shutdown_and_notify`).
  ///
  /// - Parameter didBegin: called when no new call is accepted any more; from then on calls may be cancelled.
  package nonisolated(nonsending) func shutDown(didBegin: () -> Void) async {
    unsafe await withUnsafeContinuation { continuation in
      unsafe beginShutdown(ShutdownCompletion(keeping: self, resuming: continuation))
      didBegin()
    }
  }

  /// Shuts down with nobody waiting: every call is cancelled, and the server is destroyed after the last.
  package func abandon() {
    unsafe beginShutdown(ShutdownCompletion(keeping: self, resuming: nil))
    cancelAllCalls()
  }

  private func beginShutdown(_ completion: ShutdownCompletion) {
    forgetListeningSockets()
    completion.begin(keeping: completion)
    unsafe grpc_server_shutdown_and_notify(pointer, queues[0].loop.queue.pointer, completion.tag)
  }

  /// Cancels every call (`grpc_server_cancel_all_calls`). After the shutdown has begun.
  package func cancelAllCalls() {
    unsafe grpc_server_cancel_all_calls(pointer)
  }

  /// How many handlers have begun and not returned.
  package var runningHandlerCount: Int { handlers.runningCount }

  /// Differs from an earlier one if handlers have begun since.
  package var begunHandlerMark: Int { handlers.begunMark }

  /// Returns when no handler runs and none can begin, and clients have closed their ends of the connections too, or have had a
  /// second for it. After `shutDown`.
  package nonisolated(nonsending) func waitUntilOver() async {
    await handlers.waitUntilOver()
    await LingeringSockets.shared.waitUntilClosed()
  }
}

/// Where a server's handlers run.
package enum HandlerExecution: Sendable {
  /// On the thread of their call's queue: no thread switch, but a handler must not block.
  case queue
  /// On Swift's global pool.
  case globalPool
}

/// A method that a server serves.
@safe package final class RegisteredMethod: Sendable {
  /// How many messages one side sends.
  package enum MessageCount: Sendable {
    case one
    case many
  }

  // Sendable: the core's handle for the method; it belongs to the server and never changes.
  nonisolated(unsafe) let tag: UnsafeMutableRawPointer
  /// One request is received along with the call.
  let input: MessageCount
  let output: MessageCount
  let handler: @Sendable (ServerCall) -> Task<Void, Never>
  private let addedRequests = Atomic<Int>(0)

  /// The most requests that are posted ahead beyond the first, on all queues.
  private static let mostAddedRequests = 64

  init(
    tag: UnsafeMutableRawPointer, input: MessageCount, output: MessageCount,
    handler: @escaping @Sendable (ServerCall) -> Task<Void, Never>
  ) {
    unsafe self.tag = unsafe tag
    self.input = input
    self.output = output
    self.handler = handler
  }

  /// Counts a request that is added to those posted ahead; false where there are enough.
  func mayAddRequest() -> Bool {
    if addedRequests.load(ordering: .relaxed) >= Self.mostAddedRequests { return false }
    return addedRequests.wrappingAdd(1, ordering: .relaxed).newValue <= Self.mostAddedRequests
  }
}

/// The end of a server's shutdown.
@safe private final class ShutdownCompletion: Completion, @unchecked Sendable {
  // Sendable: set up before the shutdown begins.
  private let server: ServerHandle
  private let continuation: UnsafeContinuation<Void, Never>?

  init(keeping server: ServerHandle, resuming continuation: UnsafeContinuation<Void, Never>?) {
    self.server = server
    unsafe self.continuation = unsafe continuation
  }

  override func complete(_ succeeded: Bool, of owner: Completion) {
    unsafe continuation?.resume()
  }
}
