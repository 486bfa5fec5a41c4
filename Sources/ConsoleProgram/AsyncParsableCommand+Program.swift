package import ArgumentParser
internal import Foundation
internal import ThinGRPCVersion

extension ParsableCommand {
  /// What `--version` prints of the program with this name.
  package static func version(of name: String) -> String { "\(name) \(thinGRPCVersion)" }

  /// Ends the program: prints what the parser has to say of an error, of wrong usage or in answer to `--help`.
  ///
  /// The exit code is 74 where help cannot be written, else the error's own.
  package static func end(with error: (any Error)?) -> Never {
    var code = exitCode(for: error ?? ExitCode.success)
    let message = error.map { fullMessage(for: $0) } ?? ""
    if !message.isEmpty {
      let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
      let text = lines.map { String($0).escapedForTerminal + "\n" }.joined()
      do throws(WriteError) {
        try (code.isSuccess ? FileHandle.standardOutput : .standardError).writeAll(text.utf8)
      } catch {
        if code.isSuccess, !error.isReaderGone { code = ExitCode(74) }
      }
    }
    exit(withError: code)
  }
}

extension AsyncParsableCommand {
  /// Parses the arguments, those of the process where none are given, and runs the command.
  package static func runCommand(_ arguments: [String]? = nil) async throws {
    switch try parseAsRoot(arguments) {
    case var command as any AsyncParsableCommand: try await command.run()
    case var command: try command.run()
    }
  }
}
