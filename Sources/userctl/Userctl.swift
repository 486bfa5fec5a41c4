internal import ArgumentParser
internal import ConsoleProgram
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
      usage; 65 rows were refused or malformed; 66 a file cannot be read; 74 output cannot be written; 76 the server's \
      answer makes no sense; 130 interrupted.

      Ctrl-C and a closed pipe cancel the call in progress. What is printed for people is on one line each, with \
      escapes such as \\n and \\u{1B} for what a terminal would obey; with --json these are JSON's own. What a server says of \
      a call that failed is printed on standard error: its details on lines below the message, with --json all of it as a \
      google.rpc.Status on one line.
      """,
    version: version(of: "userctl"),
    subcommands: [Get.self, Create.self, Update.self, Delete.self, List.self, Import.self, Sync.self])

  /// The common options may stand before the command or after it.
  @OptionGroup var options: CommonOptions

  static func main() async {
    StandardStreams.prepare()
    let work = Task { try await runCommand() }
    let interruption = Interruption { work.cancel() }
    let result = await work.result
    if interruption.hasOccurred { end(with: ExitCode(130)) }
    switch result {
    case .success: end(with: nil)
    case .failure(let error): end(with: report(error))
    }
  }

  /// Says on standard error what went wrong, and returns what tells the exit code.
  private static func report(_ error: any Error) -> any Error {
    let (text, code): (String, Int32)
    switch error {
    case let call as FailedCall: (text, code) = (call.text, exitCode(of: call.error.code))
    case let error as SetupError:
      (text, code) = (line("\(error)"), error.code == .invalidCertificate ? 66 : 64)
    case let error as CommandError: (text, code) = (line(error.message), error.exitCode)
    case is BrokenPipe: return ExitCode.success
    default: return error
    }
    // Nobody is left to be told where standard error cannot be written.
    try? FileHandle.standardError.writeAll("\(text)\n".utf8)
    return ExitCode(code)
  }

  private static func line(_ message: String) -> String { "userctl: \(message.escapedForTerminal)" }

  /// A status that gRPC does not know counts as UNKNOWN: an exit code has 8 bits, and 256 would be 0.
  static func exitCode(of code: StatusCode) -> Int32 {
    (1...16).contains(code.rawValue) ? code.rawValue : StatusCode.unknown.rawValue
  }
}

/// What keeps a command from its work, apart from the calls themselves.
struct CommandError: Error, Hashable {
  /// What is wrong; it is escaped when it is printed.
  let message: String
  let exitCode: Int32

  /// The command asks for something that cannot be meant.
  static func badUsage(_ message: String) -> CommandError { CommandError(message: message, exitCode: 64) }
  /// The input cannot be used as it is.
  static func malformed(_ message: String) -> CommandError { CommandError(message: message, exitCode: 65) }
  /// The input cannot be read.
  static func unreadable(_ message: String) -> CommandError { CommandError(message: message, exitCode: 66) }
  /// The output cannot be written.
  static func unwritable(_ message: String) -> CommandError { CommandError(message: message, exitCode: 74) }
  /// The server answered what it must not.
  static func senselessAnswer(_ message: String) -> CommandError {
    CommandError(message: message, exitCode: 76)
  }
}
