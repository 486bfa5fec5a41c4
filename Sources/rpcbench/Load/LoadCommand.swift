internal import ArgumentParser
internal import Foundation
internal import ThinGRPC

struct LoadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "load", abstract: "Puts load on a server of the UserService and measures it.")

  @Option(help: ArgumentHelp("The server: HOST:PORT or unix:PATH.", valueName: "address"))
  var addr = "127.0.0.1:50051"

  @Option(help: "\(Scenario.allCases.map(\.rawValue).joined(separator: ", ")).")
  var scenario = Scenario.unaryPingpong

  @Option(help: "How many calls or streams run at a time; 32 for unary-load, else 1.")
  var concurrency: Int?

  @Option(help: "How many connections.")
  var channels = 1

  @Option(help: "How many completion queues, each with a thread.")
  var threads = 1

  @Option(help: "How long is measured, in seconds.")
  var durationS = 5.0

  @Option(help: "How long the load runs before, in seconds.")
  var warmupS = 1.0

  @Option(
    help:
      "Ends the run after so many calls or round trips, without a warm-up, at the latest after --duration-s.")
  var calls: Int?

  @Option(help: "The users that a list call asks for.")
  var page = 10_000

  @Option(help: "The bytes of the name in the update of the bytes scenario.")
  var size = 65_536

  @Option(
    help: "Open loop: unary calls a second, started on schedule whether earlier ones have ended or not.")
  var rate: Double?

  @Flag(help: "Call from Swift's default pool instead of the connections' own threads.")
  var defaultPool = false

  @Flag(help: "Print one line of JSON.")
  var json = false

  @Flag(help: "Print #begin and #end around the measured window.")
  var marks = false

  func validate() throws {
    for (name, value) in [
      ("--concurrency", concurrency ?? 1), ("--channels", channels), ("--threads", threads), ("--page", page),
    ] where value < 1 {
      throw ValidationError("\(name) must be at least 1")
    }
    if let calls, calls < concurrency ?? scenario.defaultConcurrency {
      throw ValidationError("--calls must be at least the number of calls that run at a time")
    }
    guard size >= 0, size <= 64 << 20 else { throw ValidationError("--size must be between 0 and 67108864") }
    guard durationS > 0, durationS <= 86_400, warmupS >= 0, warmupS <= 86_400 else {
      throw ValidationError("--duration-s must be over 0, --warmup-s at least 0, both at most 86400")
    }
    if let rate {
      guard rate > 0, rate <= 10_000_000 else { throw ValidationError("--rate must be over 0") }
      guard scenario == .unaryPingpong || scenario == .unaryLoad else {
        throw ValidationError("--rate goes with the unary scenarios")
      }
    }
  }

  func run() async throws {
    OpenFiles.raiseLimit()
    let report = try await LoadRun(self).run()
    writeLine(json ? report.json : report.table)
    if report.errors > 0 { throw ExitCode(70) }
  }
}
