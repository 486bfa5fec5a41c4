internal import ArgumentParser
internal import ConsoleProgram
internal import Foundation
internal import Logging
internal import ThinGRPC
internal import ThinGRPCAuthorization
internal import ThinGRPCJWT
internal import UserProtos
internal import UserService

/// The daemon that serves the UserService.
@main
struct Userd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "userd",
    abstract: "Serves the UserService over gRPC, from a SQLite file.",
    discussion: """
      Every option but --verify-store can be given in the environment as well: USERD_LISTEN for --listen (several addresses \
      separated by commas), USERD_TLS_CERT for --tls-cert and so on; USERD_ALLOW_PLAINTEXT=1 for a flag. An option on the \
      command line wins.

      Once it serves, it prints a line "listening on ADDRESS" for each address to standard output. Logs go to \
      standard error. SIGTERM and SIGINT let the calls in progress finish for the grace period and end it with 0; a \
      second signal cancels them at once. SIGHUP has the certificates looked at anew. It ends nothing, nor does a reader of \
      the log that goes away.

      Without TLS userd listens where the machine itself can connect alone: on loopback and unix sockets. For the network \
      put tls:// before an address.

      The store: a write is acknowledged once it is on disk, in the file or in the one beside it that ends in -wal. A stop \
      moves all into the file, so that a copy of it is a backup. Rows carry a checksum: what is damaged is answered with \
      DATA_LOSS, and never with wrong values. When the file is deleted or replaced, writes are refused, and \
      a stop ends with 74. A store that cannot be written is not opened.

      Exit codes: 64 bad usage, an address that is none included, 65 --verify-store found damage, 69 an address cannot be \
      listened on, 70 a listener accepts no connections any more, 74 the store cannot be opened, written or closed, \
      78 a certificate, a policy or keys cannot be used.
      """,
    version: version(of: "userd"))

  private static let gracePeriods = NumberRange(0.0...86_400.0)

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Where to listen: HOST:PORT (port 0 for any that is free), unix:PATH or unix-abstract:NAME; tls:// before it for TLS. Repeatable.",
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
      The permissions of unix sockets, in octal, 0 to 0777, such as 0660: to connect takes the right to write. By \
      default the umask decides; with 022 only userd's own user can connect.
      """, valueName: "mode"),
    transform: socketMode(inOctal:))
  var socketMode: UInt16?

  @OptionGroup(title: "Limits") var limits: LimitOptions

  @OptionGroup(title: "Security") var security: SecurityOptions

  private var addresses: [ListenOption] { listen.map(ListenOption.init) }

  static func main() async {
    StandardStreams.prepare()
    do {
      try await runCommand(
        EnvironmentOptions(
          prefix: "USERD",
          options: [
            "listen", "store", "log-level", "log-format", "grace-seconds", "socket-mode",
          ] + LimitOptions.environmentOptions + SecurityOptions.environmentOptions,
          flags: SecurityOptions.environmentFlags
        )
        .adding(to: Array(CommandLine.arguments.dropFirst()), from: ProcessInfo.processInfo.environment))
      end(with: nil)
    } catch {
      end(with: error)
    }
  }

  func validate() throws {
    guard !addresses.contains(where: \.address.isEmpty) else {
      throw ValidationError("--listen must not be empty")
    }
    guard !store.isEmpty else { throw ValidationError("--store must not be empty") }
    if !verifyStore { try security.validate(addresses) }
  }

  func run() async throws {
    guard !verifyStore else { return try reportVerification() }
    let logger = logFormat.logger(label: "userd", level: logLevel)
    let signals = arrivingSignals([SIGTERM, SIGINT])
    let hangups = arrivingSignals([SIGHUP])
    OpenFiles.raiseLimit()
    logTransportMessages(with: logger)
    SQLiteLog.forward(to: logger)
    do {
      let security = try await Security(security, listeningOn: addresses, logger: logger)
      let store = try UserStore(at: store == ":memory:" ? .memory : .file(store), logger: logger)
      var configuration = limits.configuration
      configuration.unixSocketMode = socketMode
      let server = try Server(
        listeningOn: security.addresses, services: [DatabaseUserService(store: store, logger: logger)],
        interceptors: [CallLog(logger: logger)] + security.interceptors, configuration: configuration,
        onUnexpectedError: { error, context in
          logger.error(
            "handler failed",
            metadata: ["method": "\(context.method.path)", "error": "\(type(of: error))"])
        })
      announce(zip(addresses, server.addresses).map { $0.name(of: $1) }, logger: logger)
      store.checkInBackground()
      let watches = [
        Task { await store.watchFiles() }, Task { await security.reload(on: hangups) },
      ]
      await drain(server, on: signals, logger: logger)
      for watch in watches { watch.cancel() }
      try store.close()
      logger.info("stopped")
    } catch let error as StoreError {
      throw fail("\(error)", code: 74)
    } catch let error as PlaintextForNetwork {
      throw fail("\(error)", code: 64)
    } catch let error as SetupError {
      throw fail("\(error)", code: Self.exitCode(of: error.code))
    } catch let error as AuthorizationPolicyError {
      throw fail("The policy cannot be used: \(error)", code: 78)
    } catch let error as JWKSError {
      throw fail("The keys of tokens cannot be used: \(error)", code: 78)
    }
  }

  private static func exitCode(of code: SetupError.Code) -> Int32 {
    switch code {
    case .invalidAddress: 64
    case .invalidCertificate: 78
    default: 69
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
