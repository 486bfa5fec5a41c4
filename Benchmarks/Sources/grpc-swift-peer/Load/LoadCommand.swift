internal import ArgumentParser
internal import BenchmarkProgram

struct LoadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "load", abstract: "Puts load on a server of the UserService and measures it.")

  @Option(help: "\(Scenario.allCases.map(\.rawValue).joined(separator: ", ")).")
  var scenario = Scenario.unaryPingpong

  @OptionGroup var options: LoadOptions

  @Flag(
    help: "Call from Swift's global pool, as a program does by itself, instead of an event loop's thread.")
  var defaultPool = false

  @Option(
    help:
      "Microseconds that writes wait for others to go out with; -1 for none; the library has 100."
  )
  var flushDelayUs = 1

  func run() async throws {
    let report = try await LoadRun(self).run()
    writeLine(options.json ? report.json : report.table)
    if report.errors > 0 { throw ExitCode(1) }
  }
}
