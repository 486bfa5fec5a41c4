internal import ArgumentParser
internal import Foundation
internal import ThinGRPC

/// The client of the UserService on the command line.
@main
struct Userctl: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "userctl",
    abstract: "Reads and writes the users of a userd.",
    discussion: """
      Exit codes: 0 done; 1 to 16 the gRPC status that a call ended with (5 NOT_FOUND, 14 UNAVAILABLE, ...); 64 bad \
      usage; 65 rows were refused or malformed; 66 a file cannot be read; 74 output cannot be written; 130 \
      interrupted.

      Ctrl-C and a closed pipe cancel the call in progress.
      """,
    subcommands: [Get.self, Create.self, Update.self, Delete.self, List.self, Import.self, Sync.self])

  /// The common options may stand before the command or after it.
  @OptionGroup var options: CommonOptions

  static func main() async {
    let work = Task { try await runCommand() }
    let interruption = Interruption { work.cancel() }
    let result = await work.result
    if interruption.hasOccurred { exit(withError: ExitCode(130)) }
    switch result {
    case .success: exit(withError: nil)
    case .failure(let error): exit(withError: report(error))
    }
  }

  private static func runCommand() async throws {
    switch try parseAsRoot() {
    case var command as any AsyncParsableCommand: try await command.run()
    case var command: try command.run()
    }
  }

  /// Says on standard error what went wrong, and returns what tells the exit code.
  private static func report(_ error: any Error) -> any Error {
    let (message, code): (String, Int32)
    switch error {
    case let error as RPCError: (message, code) = ("\(error.code): \(error.message)", error.code.rawValue)
    case let error as SetupError: (message, code) = ("\(error)", 64)
    case let error as CommandError: (message, code) = (error.message, error.exitCode)
    case is BrokenPipe: return ExitCode.success
    default: return error
    }
    try? FileHandle.standardError.write(contentsOf: Data("userctl: \(message)\n".utf8))
    return ExitCode(code)
  }
}

/// What keeps a command from its work, apart from the calls themselves.
struct CommandError: Error, Hashable {
  /// One line for people.
  let message: String
  let exitCode: Int32

  /// The input cannot be used as it is.
  static func malformed(_ message: String) -> CommandError { CommandError(message: message, exitCode: 65) }
  /// The input cannot be read.
  static func unreadable(_ message: String) -> CommandError { CommandError(message: message, exitCode: 66) }
  /// The output cannot be written.
  static func unwritable(_ message: String) -> CommandError { CommandError(message: message, exitCode: 74) }
}

/// The system's words for an error number, such as "No such file or directory".
func systemMessage(_ number: Int32) -> String {
  let error = NSError(domain: NSPOSIXErrorDomain, code: Int(number))
  return error.localizedFailureReason ?? error.localizedDescription
}
