internal import ArgumentParser
internal import Foundation
internal import ThinGRPC

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serves the UserService from a table in memory.")

  @Option(help: ArgumentHelp("HOST:PORT (port 0 for any) or unix:PATH.", valueName: "address"))
  var listen = "127.0.0.1:50051"

  @Option(help: "How many completion queues, each with a thread.")
  var queues = CompletionQueues.defaultCount

  @Option(help: "The largest message that is taken in, in bytes.")
  var maxMessageBytes = ServerConfiguration().maxReceiveMessageBytes

  @Flag(help: "Run handlers on Swift's global pool instead of their queue's thread.")
  var globalPool = false

  func validate() throws {
    guard (1...1_024).contains(queues) else { throw ValidationError("--queues must be between 1 and 1024") }
    guard (1...(1 << 30)).contains(maxMessageBytes) else {
      throw ValidationError("--max-message-bytes must be between 1 and 1073741824")
    }
  }

  func run() async throws {
    var configuration = ServerConfiguration()
    // Idle streams are counted by the hundred thousand.
    configuration.maxCallsInProgress = nil
    configuration.queueCount = queues
    configuration.maxReceiveMessageBytes = maxMessageBytes
    configuration.handlerExecution = globalPool ? .onGlobalPool : .onQueue
    OpenFiles.raiseLimit()
    do {
      let server = try Server(
        listeningOn: [listen], credentials: .insecure, services: [TableService()],
        configuration: configuration)
      writeLine("listening on \(server.addresses[0])")
      let signals = [SIGINT, SIGTERM].map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number)
        source.setEventHandler { Task { await server.shutdown(grace: .seconds(1)) } }
        source.resume()
        return source
      }
      await server.waitUntilStopped()
      signals.forEach { $0.cancel() }
    } catch {
      try? FileHandle.standardError.write(contentsOf: Data("rpcbench: \(error)\n".utf8))
      throw ExitCode(69)
    }
  }
}

/// Writes a line to standard output at once; nobody is there to be told when its reader has gone.
func writeLine(_ line: String) {
  try? FileHandle.standardOutput.write(contentsOf: Data("\(line)\n".utf8))
}
