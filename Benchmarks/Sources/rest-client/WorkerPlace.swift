internal import BenchmarkProgram
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// Where a worker works: its connection, from connecting to its measurement.
struct WorkerPlace: Sendable {
  let index: Int
  let window: MeasuredWindow
  let requests: Requests
  let address: Address
  let eventLoop: any EventLoop

  func measurement() async -> Measurement {
    let promise = eventLoop.makePromise(of: Measurement.self)
    let bootstrap = ClientBootstrap(group: eventLoop)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let wire = WireCounter()
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(wire)
          // The headers are this program's own, so that they need no check.
          try pipeline.addHTTPClientHandlers(enableOutboundHeaderValidation: false)
          try pipeline.addHandler(Worker(place: self, wire: wire, promise: promise))
        }
      }
    do {
      switch address {
      case .tcp(let host, let port): _ = try await bootstrap.connect(host: host, port: port).get()
      case .unix(let path): _ = try await bootstrap.connect(unixDomainSocketPath: path).get()
      }
      return try await promise.futureResult.get()
    } catch {
      promise.fail(error)
      var measurement = Measurement()
      measurement.fail("\(error)")
      return measurement
    }
  }
}
