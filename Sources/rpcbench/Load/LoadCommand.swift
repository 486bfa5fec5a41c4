internal import ArgumentParser
internal import ConsoleProgram
internal import ThinGRPC

struct LoadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "load", abstract: "Puts load on a server of the UserService and measures it.")

  private static let counts = NumberRange(1...10_000)
  private static let threadCounts = NumberRange(1...1_024)
  private static let durations = NumberRange(0.001...86_400.0)
  private static let warmUps = NumberRange(0.0...86_400.0)
  private static let callCounts = NumberRange(1...1_000_000_000_000)
  private static let pages = NumberRange(1...100_000_000)
  private static let sizes = NumberRange(0...(64 << 20))
  private static let rates = NumberRange(0.001...10_000_000.0)

  @Option(help: ArgumentHelp("The server: HOST:PORT or unix:PATH.", valueName: "address"))
  var addr = "127.0.0.1:50051"

  @Option(help: "\(Scenario.allCases.map(\.rawValue).joined(separator: ", ")).")
  var scenario = Scenario.unaryPingpong

  @Option(
    help: "How many calls or streams run at a time, \(counts); by default 32 for unary-load, else 1.",
    transform: counts.parse)
  var concurrency: Int?

  @Option(help: "How many connections, \(counts); by default 1.", transform: counts.parse)
  var channels = 1

  @Option(
    help: "How many completion queues, each with a thread, \(threadCounts); by default 1.",
    transform: threadCounts.parse)
  var threads = 1

  @Option(help: "How long is measured, in seconds, \(durations); by default 5.", transform: durations.parse)
  var durationS = 5.0

  @Option(
    help: "How long the load runs before, in seconds, \(warmUps); by default 1.", transform: warmUps.parse)
  var warmupS = 1.0

  @Option(
    help: """
      Ends the run after so many calls or round trips, \(callCounts), without a warm-up, at the latest after \
      --duration-s. As many as run at a time are needed.
      """,
    transform: callCounts.parse)
  var calls: Int?

  @Option(help: "The users that a list call asks for, \(pages); by default 10000.", transform: pages.parse)
  var page = 10_000

  @Option(
    help: "The bytes of the name in the update of the bytes scenario, \(sizes); by default 65536.",
    transform: sizes.parse)
  var size = 65_536

  @Option(
    help: """
      Open loop: unary calls a second, \(rates), started on schedule whether earlier ones have ended or not.
      """,
    transform: rates.parse)
  var rate: Double?

  @Flag(help: "Call from Swift's default pool instead of the connections' own threads.")
  var defaultPool = false

  @Flag(help: "Print one line of JSON.")
  var json = false

  @Flag(help: "Print #begin and #end around the measured window.")
  var marks = false

  @OptionGroup(title: "Transport security") var security: ChannelSecurity

  func validate() throws {
    if let calls, calls < concurrency ?? scenario.defaultConcurrency {
      throw ValidationError("--calls must be at least the number of calls that run at a time")
    }
    guard rate == nil || scenario == .unaryPingpong || scenario == .unaryLoad else {
      throw ValidationError("--rate goes with the unary scenarios")
    }
  }

  func run() async throws {
    OpenFiles.raiseLimit()
    let report = try await LoadRun(self).run()
    try printResult(json ? report.json : report.table)
    if report.errors > 0 { throw ExitCode(70) }
  }
}
