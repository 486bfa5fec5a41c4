internal import ArgumentParser
internal import ConsoleProgram
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
      separated by commas), USERD_STORE, USERD_LOG_LEVEL, USERD_LOG_FORMAT, USERD_GRACE_SECONDS, USERD_SOCKET_MODE, \
      USERD_MEMORY_QUOTA, USERD_MAX_CALLS, USERD_MAX_CALLS_PER_ADDRESS, USERD_MAX_CONNECTIONS, \
      USERD_MAX_CONNECTIONS_PER_ADDRESS, USERD_CONNECTION_AGE_SECONDS, USERD_REQUEST_SECONDS. An option on the command \
      line wins.

      Once it serves, it prints a line "listening on ADDRESS" for each address to standard output. Logs go to \
      standard error. SIGTERM and SIGINT let the calls in progress finish for the grace period and end it with 0; a \
      second signal cancels them at once. SIGHUP, and a reader of the log that goes away, end nothing.

      The store: a write is acknowledged once it is on disk, in the file or in the one beside it that ends in -wal. A stop \
      moves all into the file, so that a copy of it is a backup. Rows carry a checksum: what is damaged is answered with \
      DATA_LOSS, and never with wrong values. When the file is deleted or replaced, writes are refused, and \
      a stop ends with 74. A store that cannot be written is not opened.

      Exit codes: 64 bad usage, an address that is none included, 65 --verify-store found damage, 69 an address cannot be \
      listened on, 70 a listener accepts no connections any more, 74 the store cannot be opened, written or closed.
      """,
    version: version(of: "userd"))

  private static let gracePeriods = NumberRange(0.0...86_400.0)
  private static let memoryQuotas = NumberRange(8...1_048_576)
  private static let callCounts = NumberRange(1...10_000_000)
  private static let connectionCounts = NumberRange(0...10_000_000)
  private static let callCountsPerAddress = NumberRange(0...10_000_000)
  private static let connectionAges = NumberRange(0.0...31_536_000.0)
  private static let requestTimes = NumberRange(0.0...86_400.0)

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Where to listen: HOST:PORT (port 0 for any that is free), unix:PATH or unix-abstract:NAME. Repeatable.",
      valueName: "address"))
  var listen: [String] = ["127.0.0.1:50051"]

  @Option(help: ArgumentHelp("The SQLite file, made where there is none, or :memory:.", valueName: "path"))
  var store = "users.sqlite"

  @Flag(help: "Only look at every page and row of the store, changing nothing, and say whether it is sound.")
  var verifyStore = false

  @Option(
    help:
      "Log from this level on: trace, debug (a line for each call), info, notice, warning, error, critical.",
    transform: level(named:))
  var logLevel = Logger.Level.info

  @Option(help: "How to write the log.")
  var logFormat = LogFormat.text

  @Option(
    help: ArgumentHelp(
      "How long calls in progress may go on after a signal, \(gracePeriods); by default 10.",
      valueName: "seconds"),
    transform: gracePeriods.parse)
  var graceSeconds = 10.0

  @Option(
    help: ArgumentHelp(
      """
      The memory for connections, calls and messages on their way, \(memoryQuotas); by default 128. Beyond it calls are \
      ended. Not more than an eighth of what the process may have.
      """, valueName: "mebibytes"),
    transform: memoryQuotas.parse)
  var memoryQuota = 128

  @Option(
    help: ArgumentHelp(
      """
      How many calls may be in progress, \(callCounts); by default 10000. Further ones are told to try again.
      """, valueName: "count"),
    transform: callCounts.parse)
  var maxCalls = 10_000

  @Option(
    help: ArgumentHelp(
      """
      How many calls one address may have in progress, \(callCountsPerAddress); by default 0, for any number. Behind a proxy \
      all clients have one address.
      """, valueName: "count"),
    transform: callCountsPerAddress.parse)
  var maxCallsPerAddress = 0

  @Option(
    help: ArgumentHelp(
      "How many connections may be open, \(connectionCounts); by default 2000, and 0 for any number.",
      valueName: "count"),
    transform: connectionCounts.parse)
  var maxConnections = 2_000

  @Option(
    help: ArgumentHelp(
      "How many connections one address may have open, \(connectionCounts); by default 0, for any number.",
      valueName: "count"),
    transform: connectionCounts.parse)
  var maxConnectionsPerAddress = 0

  @Option(
    help: ArgumentHelp(
      """
      How long a connection is kept, \(connectionAges); by default 0, for any time. Its calls go on, and its client makes \
      the next ones on another connection.
      """, valueName: "seconds"),
    transform: connectionAges.parse)
  var connectionAgeSeconds = 0.0

  @Option(
    help: ArgumentHelp(
      """
      How long the request of a call may take to arrive, from its first to its last byte, \(requestTimes); by default \
      30, and 0 for any time.
      """, valueName: "seconds"),
    transform: requestTimes.parse)
  var requestSeconds = 30.0

  @Option(
    help: ArgumentHelp(
      """
      The permissions of unix sockets, in octal, 0 to 0777, such as 0660: to connect takes the right to write. By \
      default the umask decides; with 022 only userd's own user can connect.
      """, valueName: "mode"),
    transform: socketMode(inOctal:))
  var socketMode: UInt16?

  static func main() async {
    StandardStreams.prepare()
    do {
      try await runCommand(
        EnvironmentOptions(
          prefix: "USERD",
          options: [
            "listen", "store", "log-level", "log-format", "grace-seconds", "socket-mode", "memory-quota",
            "max-calls", "max-calls-per-address", "max-connections", "max-connections-per-address",
            "connection-age-seconds", "request-seconds",
          ]
        )
        .adding(to: Array(CommandLine.arguments.dropFirst()), from: ProcessInfo.processInfo.environment))
      end(with: nil)
    } catch {
      end(with: error)
    }
  }

  func validate() throws {
    guard !listen.contains("") else { throw ValidationError("--listen must not be empty") }
    guard !store.isEmpty else { throw ValidationError("--store must not be empty") }
  }

  func run() async throws {
    guard !verifyStore else { return try reportVerification() }
    let logger = logFormat.logger(label: "userd", level: logLevel)
    let signals = terminationSignals()
    OpenFiles.raiseLimit()
    logTransportMessages(with: logger)
    SQLiteLog.forward(to: logger)
    do {
      let store = try UserStore(at: store == ":memory:" ? .memory : .file(store), logger: logger)
      let server = try Server(
        listeningOn: listen, credentials: .insecure,
        services: [DatabaseUserService(store: store, logger: logger)],
        interceptors: [CallLog(logger: logger)], configuration: limits,
        onUnexpectedError: { error, context in
          logger.error(
            "handler failed",
            metadata: ["method": "\(context.method.path)", "error": "\(type(of: error))"])
        })
      announce(server.addresses, logger: logger)
      store.checkInBackground()
      let watch = Task { await store.watchFiles() }
      await drain(server, on: signals, logger: logger)
      watch.cancel()
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

  func fail(_ message: String, code: Int32) -> ExitCode {
    writeLine("userd: \(message.escapedForTerminal)", to: .standardError)
    return ExitCode(code)
  }

  /// Writes a line. Nobody is there to be told when the reader of our own output has gone.
  func writeLine(_ line: String, to output: FileHandle) {
    try? output.writeAll("\(line)\n".utf8)
  }
}

private func level(named name: String) throws -> Logger.Level {
  guard let level = Logger.Level(rawValue: name) else { throw ValidationError("\(name) is not a log level") }
  return level
}

private func socketMode(inOctal text: String) throws -> UInt16 {
  guard let mode = UInt16(text, radix: 8), mode <= 0o777 else {
    throw ValidationError("permissions in octal from 0 to 0777 are needed")
  }
  return mode
}
