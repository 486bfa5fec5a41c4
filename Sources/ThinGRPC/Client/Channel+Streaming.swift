internal import GRPCRuntime
internal import ThinGRPCGuarding

extension Channel {
  /// Makes a call with one request and a stream of responses. Generated clients call this.
  ///
  /// The call begins when the responses are iterated over.
  @inlinable
  public func serverStreaming<Request: CallMessage, Response: CallMessage>(
    _ method: MethodDescriptor, _ request: Request, options: CallOptions
  ) -> ResponseStream<Response> {
    responses(method, options: options) { () throws(RPCError) in try request.bytesToSend() }
  }

  /// Makes a call with a stream of requests and one response. Generated clients call this.
  ///
  /// The requests are read by a task of their own, as fast as the connection takes them. If their sequence throws, the call
  /// is cancelled with that error.
  ///
  /// - Throws: `RPCError` for every status but OK. A cancelled task cancels the call, which then throws `cancelled`.
  @inlinable
  public func clientStreaming<Requests: AsyncSequence & Sendable, Response: CallMessage>(
    _ method: MethodDescriptor, _ requests: Requests, options: CallOptions
  ) async throws(RPCError) -> Response where Requests.Element: CallMessage {
    let call = try stream(method, options: options)
    call.begin(sending: requests)
    return try Response(received: await call.onlyResponse(options))
  }

  /// Makes a call with a stream of requests and a stream of responses. Generated clients call this.
  ///
  /// The call begins when the responses are iterated over. The requests are read by a task of their own; if their sequence
  /// throws, the call is cancelled with that error.
  @inlinable
  public func bidirectionalStreaming<Requests: AsyncSequence & Sendable, Response: CallMessage>(
    _ method: MethodDescriptor, _ requests: Requests, options: CallOptions
  ) -> ResponseStream<Response> where Requests.Element: CallMessage {
    responses(method, options: options) { stream in stream.begin(sending: requests) }
  }

  @usableFromInline
  func stream(_ method: MethodDescriptor, options: CallOptions) throws(RPCError) -> ClientStream {
    ClientStream(call: try beginStreamedCall(method, options: options))
  }

  /// Begins a call with a stream of requests.
  func beginStreamedCall(_ method: MethodDescriptor, options: CallOptions) throws(RPCError) -> StreamedCall {
    let attempts = Guarded(attempts(of: method))
    return StreamedCall(beginning: try makeCall(method, shape: .clientStreaming, options: options)) {
      unprocessed in
      guard let next = attempts.withLock({ $0.next(after: unprocessed) }), await Attempts.pass(next.wait)
      else { return nil }
      return try? self.makeCall(method, shape: .clientStreaming, parameters: next.parameters)
    }
  }

  @usableFromInline
  func responses<Response: CallMessage>(
    _ method: MethodDescriptor, options: CallOptions,
    request: @escaping @Sendable () throws(RPCError) -> MessageBytes
  ) -> ResponseStream<Response> {
    ResponseStream(options: options) { successor throws(RPCError) in
      if let hedging = self.hedging(of: method) {
        let parameters = try self.parameters(of: method, options)
        return .hedged(
          Hedging(hedging, parameters) { parameters throws(RPCError) in
            let request = try request()
            let call = try self.makeCall(method, shape: .serverStreaming, parameters: parameters)
            call.beginServerStreaming(request.takeBuffer())
            return call
          })
      }
      // Encoded first: a call that exists must begin, or nothing would end it.
      let request = try request()
      let call =
        if let successor {
          try self.makeCall(method, shape: .serverStreaming, parameters: successor)
        } else { try self.makeCall(method, shape: .serverStreaming, options: options) }
      call.beginServerStreaming(request.takeBuffer())
      return .plain(call, self.attempts(of: method))
    }
  }

  @usableFromInline
  func responses<Response: CallMessage>(
    _ method: MethodDescriptor, options: CallOptions, begin: @escaping @Sendable (ClientStream) -> Void
  ) -> ResponseStream<Response> {
    ResponseStream(options: options) { _ throws(RPCError) in
      let stream = try self.stream(method, options: options)
      begin(stream)
      return .streamed(stream.call)
    }
  }
}

/// A streaming call on the client: how its requests are sent.
@usableFromInline
struct ClientStream: Sendable {
  let call: StreamedCall

  /// Begins a call whose requests a task of their own sends.
  @inlinable
  func begin<Requests: AsyncSequence & Sendable>(sending requests: Requests)
  where Requests.Element: CallMessage {
    begin { () async throws in
      for try await request in requests {
        guard try await write(request.bytesToSend()) else { return }
      }
    }
  }

  @usableFromInline
  func begin(sending send: @escaping @Sendable () async throws -> Void) {
    // On the queue only where the caller is there already: a sequence may block, and would stall the queue's other calls.
    let queue = call.call.queue
    let task = Task(executorPreference: queue.isCurrent ? queue : nil) {
      await call.sendInitialMetadata()
      do {
        try await send()
        _ = await call.finishSending()
      } catch let error as RPCError where error.code != .ok {
        call.cancel(code: error.code.rawValue, message: error.message)
      } catch is CancellationError {
        call.cancel(code: StatusCode.cancelled.rawValue, message: "The sequence of requests was cancelled")
      } catch {
        call.cancel(code: StatusCode.unknown.rawValue, message: "The sequence of requests failed: \(error)")
      }
    }
    call.cancelAtEnd(task)
  }

  /// Writes a request; false if the call has ended.
  @usableFromInline
  func write(_ request: consuming MessageBytes) async throws(RPCError) -> Bool {
    var message: ByteBuffer? = request.takeBuffer()
    var outcome = call.writeAtOnce(&message)
    if outcome == nil {
      outcome =
        if let message { await call.write(message, isReadElsewhere: true) } else { await call.waitForRoom() }
    }
    switch outcome! {
    case .written: return true
    case .ended, .interrupted: return false
    case .busy: throw RPCError(.internalError, "Two tasks write one request stream at a time")
    }
  }

  /// Waits for the end of a call that has one response.
  @usableFromInline
  func onlyResponse(_ options: CallOptions) async throws(RPCError) -> MessageBytes {
    var (call, streamed) = (call.call, call)
    while true {
      guard case .message(let message) = await call.next() else {
        if let successor = await streamed.successor(of: call) {
          call = successor
          continue
        }
        options.receivedMetadata?.takeDownInitial(of: call)
        try call.throwStatus(options)
        throw call.noResponse
      }
      streamed.commit()
      // The status comes when every message has been received: one more than there ought to be is asked for.
      if case .message = await call.next() { call.refuseSurplusResponse() }
      await call.ended()
      options.receivedMetadata?.takeDownInitial(of: call)
      try call.throwStatus(options)
      return MessageBytes(message)
    }
  }
}
