internal import ArgumentParser
internal import ConsoleProgram
internal import Foundation
internal import ThinGRPC

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serves the UserService from a table in memory.")

  private static let queueCounts = NumberRange(1...1_024)
  private static let messageSizes = NumberRange(1...(1 << 30))

  @Option(help: ArgumentHelp("HOST:PORT (port 0 for any) or unix:PATH.", valueName: "address"))
  var listen = "127.0.0.1:50051"

  @Option(
    help:
      "How many completion queues, each with a thread, \(queueCounts); by default one for each two processors.",
    transform: queueCounts.parse)
  var queues = CompletionQueues.defaultCount

  @Option(
    help: "The largest message that is taken in, in bytes, \(messageSizes); by default 4194304.",
    transform: messageSizes.parse)
  var maxMessageBytes = ServerConfiguration().maxReceiveMessageBytes

  @Flag(help: "Run handlers on Swift's global pool instead of their queue's thread.")
  var globalPool = false

  @OptionGroup(title: "Transport security") var security: ServerSecurity

  func run() async throws {
    var configuration = ServerConfiguration()
    // Idle streams are counted by the hundred thousand.
    configuration.maxCallsInProgress = nil
    configuration.queueCount = queues
    configuration.maxReceiveMessageBytes = maxMessageBytes
    configuration.handlerExecution = globalPool ? .onGlobalPool : .onQueue
    OpenFiles.raiseLimit()
    let server = try Server(
      listeningOn: [listen], credentials: security.credentials, services: [TableService()],
      configuration: configuration)
    announce("listening on \(server.addresses[0])")
    let signals = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number)
      source.setEventHandler { Task { await server.shutdown(grace: .seconds(1)) } }
      source.resume()
      return source
    }
    await server.waitUntilStopped()
    signals.forEach { $0.cancel() }
  }
}
