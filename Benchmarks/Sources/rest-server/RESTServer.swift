internal import ArgumentParser
internal import BenchmarkProgram
internal import Hummingbird
internal import Logging
internal import NIOPosix

/// The user service as JSON over HTTP/1.1, on the table that `rpcbench serve` has.
@main
struct RESTServer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rest-server",
    abstract: "Serves GET /users/{id}, POST /users and GET /users?page_size=N from a table in memory.")

  @Option(help: ArgumentHelp("HOST:PORT (port 0 for any) or unix:PATH.", valueName: "address"))
  var listen: Address

  @Option(help: "How many event loops, each with a thread.")
  var threads = 1

  @Option(help: "How many listed users are encoded and written at a time; 0 for the whole page.")
  var chunk = 100

  @Flag(help: "Run handlers on Swift's global pool, as the framework does by itself.")
  var globalPool = false

  func validate() throws {
    guard (1...1_024).contains(threads) else { throw ValidationError("--threads must be between 1 and 1024") }
    guard (0...1_000_000).contains(chunk) else {
      throw ValidationError("--chunk must be between 0 and 1000000")
    }
  }

  func run() async throws {
    let eventLoops = MultiThreadedEventLoopGroup(numberOfThreads: threads)
    listen.removeSocketFile()
    var logger = Logger(label: "rest-server")
    logger.logLevel = .error
    let listen = listen
    let application = Application(
      router: userRoutes(chunkSize: chunk),
      configuration: ApplicationConfiguration(address: BindAddress(listen)),
      onServerRunning: { channel in
        writeLine("listening on \(listen.resolved(port: channel.localAddress?.port))")
      },
      eventLoopGroupProvider: .shared(eventLoops), logger: logger)
    let executor: EventLoopExecutor? = globalPool ? nil : EventLoopExecutor(eventLoops.next())
    try await withTaskExecutorPreference(executor) { try await application.runService() }
    listen.removeSocketFile()
  }
}

extension BindAddress {
  fileprivate init(_ address: Address) {
    switch address {
    case .tcp(let host, let port): self = .hostname(host, port: port)
    case .unix(let path): self = .unixDomainSocket(path: path)
    }
  }
}
