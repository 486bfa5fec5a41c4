internal import ArgumentParser
internal import Foundation
internal import Logging
internal import ThinGRPC
internal import UserProtos
internal import UserService

/// The daemon that serves the UserService.
@main
struct Userd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "userd",
    abstract: "Serves the UserService over gRPC, from a SQLite file.",
    discussion: """
      Every option can be given in the environment as well: USERD_LISTEN for --listen (several addresses \
      separated by commas), USERD_STORE, USERD_LOG_LEVEL, USERD_LOG_FORMAT, USERD_GRACE_SECONDS, USERD_MEMORY_QUOTA, \
      USERD_MAX_CALLS, USERD_REQUEST_SECONDS. An option on \
      the command line wins.

      Once it serves, it prints a line "listening on ADDRESS" for each address to standard output. Logs go to \
      standard error. SIGTERM and SIGINT let the calls in progress finish for the grace period and end it with 0; a \
      second signal cancels them at once. SIGHUP, and a reader of the log that goes away, end nothing.

      Exit codes: 64 bad usage, an address that is none included, 69 an address cannot be listened on, 74 the store cannot be opened or closed.
      """)

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Where to listen: HOST:PORT (port 0 for any that is free), unix:PATH or unix-abstract:NAME. Repeatable.",
      valueName: "address"))
  var listen: [String] = ["127.0.0.1:50051"]

  @Option(help: ArgumentHelp("The SQLite file, made where there is none, or :memory:.", valueName: "path"))
  var store = "users.sqlite"

  @Option(
    help:
      "Log from this level on: trace, debug (a line for each call), info, notice, warning, error, critical.",
    transform: level(named:))
  var logLevel = Logger.Level.info

  @Option(help: "How to write the log.")
  var logFormat = LogFormat.text

  @Option(help: ArgumentHelp("How long calls in progress may go on after a signal.", valueName: "seconds"))
  var graceSeconds = 10.0

  @Option(
    help: ArgumentHelp(
      """
      The memory for connections, calls and messages on their way. Beyond it calls are ended. Not more than an eighth of \
      what the process may have.
      """, valueName: "mebibytes"))
  var memoryQuota = 128

  @Option(
    help: ArgumentHelp(
      "How many calls may be in progress; further ones are told to try again.", valueName: "count"))
  var maxCalls = 10_000

  @Option(
    help: ArgumentHelp(
      "How long the request of a call may take to arrive, from its first to its last byte; 0 for any time.",
      valueName: "seconds"))
  var requestSeconds = 30.0

  static func main() async {
    OpenFiles.fillStandardStreams()
    await main(
      EnvironmentOptions(
        prefix: "USERD",
        options: [
          "listen", "store", "log-level", "log-format", "grace-seconds", "memory-quota", "max-calls",
          "request-seconds",
        ]
      )
      .adding(to: Array(CommandLine.arguments.dropFirst()), from: ProcessInfo.processInfo.environment))
  }

  func validate() throws {
    guard !listen.contains("") else { throw ValidationError("--listen must not be empty") }
    guard !store.isEmpty else { throw ValidationError("--store must not be empty") }
    guard (0...86_400).contains(graceSeconds) else {
      throw ValidationError("--grace-seconds must be between 0 and 86400")
    }
    guard (8...1_048_576).contains(memoryQuota) else {
      throw ValidationError("--memory-quota must be between 8 and 1048576")
    }
    guard (1...10_000_000).contains(maxCalls) else {
      throw ValidationError("--max-calls must be between 1 and 10000000")
    }
    guard (0...86_400).contains(requestSeconds) else {
      throw ValidationError("--request-seconds must be between 0 and 86400")
    }
  }

  func run() async throws {
    let logger = logFormat.logger(label: "userd", level: logLevel)
    let signals = terminationSignals()
    OpenFiles.raiseLimit()
    logTransportMessages(with: logger)
    do {
      let store = try UserStore(at: store == ":memory:" ? .memory : .file(store))
      var configuration = ServerConfiguration()
      configuration.memoryQuotaBytes = min(
        memoryQuota << 20, ServerConfiguration.defaultMemoryQuotaBytes)
      configuration.maxCallsInProgress = maxCalls
      configuration.maxRequestTime = requestSeconds == 0 ? nil : .seconds(requestSeconds)
      // A daemon outlives its clients' mistakes: a forgotten connection is closed.
      configuration.maxConnectionIdle = .seconds(15 * 60)
      let server = try Server(
        listeningOn: listen, credentials: .insecure,
        services: [DatabaseUserService(store: store, logger: logger)],
        interceptors: [CallLog(logger: logger)], configuration: configuration,
        onUnexpectedError: { error, context in
          logger.error(
            "handler failed",
            metadata: ["method": "\(context.method.path)", "error": "\(type(of: error))"])
        })
      announce(server.addresses, logger: logger)
      await drain(server, on: signals, logger: logger)
      try store.close()
      logger.info("stopped")
    } catch let error as StoreError {
      throw fail("\(error)", code: 74)
    } catch let error as SetupError {
      throw fail("\(error)", code: error.code == .invalidAddress ? 64 : 69)
    }
  }

  private func announce(_ addresses: [String], logger: Logger) {
    logger.info("serving", metadata: ["addresses": .array(addresses.map { "\($0)" }), "store": "\(store)"])
    for address in addresses { writeLine("listening on \(address)", to: .standardOutput) }
  }

  /// Waits for a signal, then ends the server; a second signal cuts the grace period short.
  private func drain(_ server: Server, on signals: AsyncStream<Int32>, logger: Logger) async {
    var received = signals.makeAsyncIterator()
    _ = await received.next()
    logger.info("draining", metadata: ["grace-seconds": "\(graceSeconds)"])
    let impatience = Task {
      for await _ in signals {
        logger.info("cancelling the calls in progress")
        await server.shutdown(grace: .zero)
      }
    }
    await server.shutdown(grace: .seconds(graceSeconds))
    impatience.cancel()
  }

  private func fail(_ message: String, code: Int32) -> ExitCode {
    writeLine("userd: \(message)", to: .standardError)
    return ExitCode(code)
  }

  /// Writes a line. Nobody is there to be told when the reader of our own output has gone.
  private func writeLine(_ line: String, to output: FileHandle) {
    try? output.write(contentsOf: Data("\(line)\n".utf8))
  }
}

private func level(named name: String) throws -> Logger.Level {
  guard let level = Logger.Level(rawValue: name) else { throw ValidationError("\(name) is not a log level") }
  return level
}
