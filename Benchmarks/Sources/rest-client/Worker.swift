internal import BenchmarkProgram
internal import NIOCore
internal import NIOHTTP1

/// Sends one request after the other on its connection until the window closes, and verifies every reply.
///
/// It is the last handler of the pipeline and works in its callbacks, on the thread of the event loop: nothing is handed on.
final class Worker: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  private let window: MeasuredWindow
  private var requests: RequestSequence
  private let wire: WireCounter
  private let promise: EventLoopPromise<Measurement>
  private var measurement = Measurement()
  private var isOver = false
  private var patience: Scheduled<Void>?

  // Of the operation in flight.
  private var start = ContinuousClock.now
  private var sentBefore = 0
  private var receivedBefore = 0
  private var requestByteCount = 0
  private var status = HTTPResponseStatus.ok
  private var body = ByteBuffer()

  init(place: WorkerPlace, wire: WireCounter, promise: EventLoopPromise<Measurement>) {
    window = place.window
    requests = RequestSequence(place.requests, worker: place.index)
    self.wire = wire
    self.promise = promise
  }

  func channelActive(context: ChannelHandlerContext) {
    let patience = window.lastMoment - .now
    self.patience = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(patience)) {
      self.end(context: context, failure: "the server did not answer for 30 s after the planned end")
    }
    sendNext(context: context)
  }

  private func sendNext(context: ChannelHandlerContext) {
    let (head, body) = requests.next()
    requestByteCount = body?.readableBytes ?? 0
    start = .now
    sentBefore = wire.sent
    receivedBefore = wire.received
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if let body { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      status = head.status
      body.clear()
    case .body(var part):
      // Of most replies the body is one part, which need not be copied.
      if body.readableBytes == 0 { body = part } else { body.writeBuffer(&part) }
    case .end:
      replied(context: context)
    }
  }

  private func replied(context: ChannelHandlerContext) {
    switch requests.verify(status, body) {
    case .success(let replies):
      let now = ContinuousClock.now
      measurement.count(
        window.share(from: start, to: now), calls: 1, messages: replies,
        bytes: PayloadBytes(
          request: requestByteCount, response: body.readableBytes, requestWire: wire.sent - sentBefore,
          responseWire: wire.received - receivedBefore))
      if window.contains(now) { measurement.record(now - start) }
      if now < window.end { sendNext(context: context) } else { end(context: context) }
    case .failure(let wrong):
      end(context: context, failure: wrong.description)
    }
  }

  private func end(context: ChannelHandlerContext, failure: String? = nil) {
    guard !isOver else { return }
    isOver = true
    patience?.cancel()
    if let failure { measurement.fail(failure) }
    promise.succeed(measurement)
    context.close(promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    end(context: context, failure: "\(error)")
  }

  func channelInactive(context: ChannelHandlerContext) {
    end(context: context, failure: "the server closed the connection")
  }
}
