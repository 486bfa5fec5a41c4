internal import GRPCRuntime

/// A call that is made several times at once, until one attempt succeeds or fails for good (gRFC A6).
struct Hedging: Sendable {
  typealias Begin = @Sendable (ClientCall.Parameters) throws(RPCError) -> ClientCall

  private let policy: HedgingPolicy
  private var parameters: ClientCall.Parameters
  private let begin: Begin

  /// - Parameter begin: makes an attempt and begins it.
  init(_ policy: HedgingPolicy, _ parameters: ClientCall.Parameters, begin: @escaping Begin) {
    self.policy = policy
    self.parameters = parameters
    // It is that of the attempt which decides the call.
    self.parameters.onInitialMetadata = nil
    self.begin = begin
  }

  private enum Event: Sendable {
    case answered(AnsweredCall)
    /// It is time for the next attempt; not if another time was set since, which has a number of its own.
    case due(Int)
  }

  /// Makes the attempts; the one that decides the call. The others are cancelled.
  ///
  /// - Parameter answer: waits for what decides one attempt.
  /// - Throws: `RPCError` if not even the first attempt could be made.
  func decidingCall(
    _ options: CallOptions, _ answer: @escaping @Sendable (ClientCall) async -> AnsweredCall
  ) async throws(RPCError) -> AnsweredCall {
    let first = try begin(parameters)
    let (deciding, attemptCount) = await withTaskGroup(of: Event.self) { group in
      group.addTask { .answered(await settled(first, answer)) }
      let decided = await decide(&group, answer)
      group.cancelAll()
      // One whose response came at the same time would go on.
      for await case .answered(let late) in group { late.cancel() }
      return decided
    }
    if deciding.isSuccess { options.receivedMetadata?.onArrival?(deciding.call) }
    options.receivedMetadata?.takeDown(attemptCount: attemptCount)
    return deciding
  }

  /// When the next attempt is made.
  private enum Next {
    case now, timed, never
  }

  /// Makes further attempts as they are due, until one decides the call.
  private func decide(
    _ group: inout TaskGroup<Event>, _ answer: @escaping @Sendable (ClientCall) async -> AnsweredCall
  ) async -> (AnsweredCall, attemptCount: Int) {
    var (made, open, timer) = (1, 1, 0)
    var last: AnsweredCall?
    var next = timed(policy.hedgingDelay, &timer, &group)
    while true {
      while next == .now {
        guard let call = attempt(made) else {
          next = .never
          break
        }
        (made, open) = (made + 1, open + 1)
        group.addTask { .answered(await settled(call, answer)) }
        next = timed(policy.hedgingDelay, &timer, &group)
      }
      if open == 0, next == .never, let last { return (last, made) }
      switch await group.next() {
      case .due(let due): if due == timer, next == .timed { next = .now }
      case .answered(let answered):
        open -= 1
        if answered.isSuccess || !parameters.retryableCodes.contains(answered.call.status.code) {
          return (answered, made)
        }
        last = answered
        if next == .never { continue }
        switch answered.call.retryPushback {
        case nil: next = .now
        case let pushback? where pushback >= 0 && isBeforeDeadline(.milliseconds(pushback)):
          next = timed(.milliseconds(pushback), &timer, &group)
        default: next = .never
        }
      case nil: fatalError("A call that is made several times has neither attempts nor an outcome")
      }
    }
  }

  /// Has an event come after `wait`, in place of the one that was to come.
  private func timed(_ wait: Duration, _ timer: inout Int, _ group: inout TaskGroup<Event>) -> Next {
    timer += 1
    if wait <= .zero { return .now }
    group.addTask { [timer] in
      _ = await Attempts.pass(wait.clampedNanoseconds)
      return .due(timer)
    }
    return .timed
  }

  private func isBeforeDeadline(_ wait: Duration) -> Bool {
    parameters.deadline == .distantFuture
      || MonotonicInstant.now.advanced(byNanoseconds: wait.clampedNanoseconds) < parameters.deadline
  }

  /// Makes an attempt beside others; nil if none may be made any more.
  private func attempt(_ previousAttempts: Int) -> ClientCall? {
    guard previousAttempts < Attempts.count(upTo: policy.maxAttempts),
      parameters.throttle?.allowsAttempts != false,
      !Task.isCancelled
    else { return nil }
    var parameters = parameters
    parameters.previousAttempts = previousAttempts
    return try? begin(parameters)
  }

  /// What decides an attempt. One that the server has not processed is made again: it counts for none.
  private func settled(
    _ call: ClientCall, _ answer: @Sendable (ClientCall) async -> AnsweredCall
  ) async -> AnsweredCall {
    var call = call
    var attempts = Attempts()
    while true {
      let answered = await answer(call)
      guard !answered.isSuccess, let parameters = await attempts.waitForNext(after: call),
        let successor = try? begin(parameters)
      else { return answered }
      call = successor
    }
  }
}

extension Channel {
  /// Makes a unary call, several times at once if its method has a policy for that. A function of its own: `unary` has no room for it.
  ///
  /// - Returns: the call that has ended; nil if the method has no such policy.
  @usableFromInline
  func hedgedCall(
    _ method: MethodDescriptor, _ options: CallOptions,
    _ request: @escaping @Sendable () throws(RPCError) -> MessageBytes
  ) async throws(RPCError) -> UnaryCall? {
    guard let policy = hedging(of: method) else { return nil }
    let hedging = Hedging(policy, try parameters(of: method, options)) { parameters throws(RPCError) in
      // Encoded first: a call that exists must begin, or nothing would end it.
      let request = try request()
      let call = try self.makeCall(method, shape: .unary, parameters: parameters)
      call.beginUnary(request.takeBuffer())
      return call
    }
    return UnaryCall(call: try await hedging.decidingCall(options, AnsweredCall.unary).call)
  }
}
