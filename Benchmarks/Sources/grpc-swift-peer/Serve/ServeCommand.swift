internal import ArgumentParser
internal import BenchmarkProgram
internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
internal import NIOPosix

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serves the UserService from a table in memory.")

  @Option(help: ArgumentHelp("HOST:PORT (port 0 for any) or unix:PATH.", valueName: "address"))
  var listen: Address

  @Option(help: "How many event loops, each with a thread.")
  var threads = 1

  @Option(help: "How many listed users are written at a time.")
  var chunk = 100

  @Flag(help: "Run handlers on Swift's global pool, as the library does by itself.")
  var globalPool = false

  @Option(help: "Microseconds that writes wait for others to go out with; -1 for none; the library has 100.")
  var flushDelayUs = 1

  func validate() throws {
    guard (1...1_024).contains(threads) else { throw ValidationError("--threads must be between 1 and 1024") }
    guard (1...1_000_000).contains(chunk) else {
      throw ValidationError("--chunk must be between 1 and 1000000")
    }
  }

  func run() async throws {
    let eventLoops = MultiThreadedEventLoopGroup(numberOfThreads: threads)
    listen.removeSocketFile()
    let server = GRPCServer(
      transport: .http2NIOPosix(
        address: SocketAddress(listen), transportSecurity: .plaintext, config: configuration(),
        eventLoopGroup: eventLoops),
      services: [TableService(chunkSize: chunk)])
    let executor: EventLoopExecutor? = globalPool ? nil : EventLoopExecutor(eventLoops.next())
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await withTaskExecutorPreference(executor) { try await server.serve() }
      }
      group.addTask {
        let address = try await server.listeningAddress
        writeLine("listening on \(listen.resolved(port: address?.ipv4?.port ?? address?.ipv6?.port))")
        await terminationSignal()
        throw CancellationError()
      }
      do {
        try await group.next()
      } catch is CancellationError {
        group.cancelAll()
      }
    }
    listen.removeSocketFile()
  }

  private func configuration() -> HTTP2ServerTransport.Posix.Config {
    .defaults {
      // Without a number, the connection breaks at the 101st concurrent stream.
      $0.http2.maxConcurrentStreams = Int(Int32.max)
      // By default it is as small as HTTP/2 allows: 64 KiB, and a larger message waits for the window to open.
      $0.http2.targetWindowSize = 8 << 20
      // Fewer, larger frames for a large message.
      $0.http2.maxFrameSize = 1 << 20
      $0.rpc.maxRequestPayloadSize = 64 << 20
      $0.connection.flushCoalescing =
        flushDelayUs < 0 ? nil : .init(maxFlushDelay: .microseconds(flushDelayUs), maxBytes: 64 << 10)
    }
  }
}
