internal import ArgumentParser
internal import BenchmarkProgram
internal import NIOCore
internal import NIOPosix

/// The load client for the REST server.
@main
struct RESTClient: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rest-client", abstract: "Puts load on the REST server and measures it.",
    discussion: """
      HTTP/1.1 answers one request at a time on a connection, so there are as many connections as requests in flight, \
      whatever --channels says.
      """)

  @Option(help: "\(Scenario.allCases.map(\.rawValue).joined(separator: ", ")).")
  var scenario = Scenario.get

  @OptionGroup var options: LoadOptions

  func run() async throws {
    let concurrency = options.concurrency ?? 1
    let window = options.window
    async let processorSeconds = window.processorSeconds(marks: options.marks)
    let eventLoops = MultiThreadedEventLoopGroup(numberOfThreads: options.threads)
    let requests = Requests(scenario, pageSize: options.page)
    let total = await withTaskGroup(of: Measurement.self) { group in
      for index in 0..<concurrency {
        let worker = WorkerPlace(
          index: index, window: window, requests: requests, address: options.addr,
          eventLoop: eventLoops.next())
        group.addTask { await worker.measurement() }
      }
      return await group.reduce(into: Measurement()) { $0.add($1) }
    }
    let report = LoadReport(
      client: "rest", scenario: scenario.rawValue, concurrency: concurrency, channels: concurrency,
      threads: options.threads, total: total, window: window, processorSeconds: try await processorSeconds)
    writeLine(options.json ? report.json : report.table)
    if report.errors > 0 { throw ExitCode(1) }
  }
}
