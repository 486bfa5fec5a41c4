internal import ArgumentParser
internal import ConsoleProgram
internal import Foundation
internal import ThinGRPC

/// The benchmark's server and load on the command line.
@main
struct Rpcbench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rpcbench",
    abstract: "Measures what gRPC costs.",
    discussion: """
      Start `rpcbench serve` in one terminal and `rpcbench load` in another. All is built on the public API alone, with \
      generated stubs and default settings.

      Exit codes: 0 done; 64 bad usage; 69 the address cannot be listened on; 70 a reply was wrong or a call failed; 74 \
      the result cannot be written.
      """,
    version: version(of: "rpcbench"),
    subcommands: [ServeCommand.self, LoadCommand.self, IdleCommand.self])

  static func main() async {
    StandardStreams.prepare()
    do {
      try await runCommand()
      end(with: nil)
    } catch let error as SetupError {
      announce("rpcbench: \(error.message.escapedForTerminal)", on: .standardError)
      end(with: ExitCode(error.code == .addressInUse || error.code == .addressUnavailable ? 69 : 64))
    } catch {
      end(with: error)
    }
  }
}

/// Writes a line at once; nobody is there to be told when its reader has gone.
func announce(_ line: String, on stream: FileHandle = .standardOutput) {
  try? stream.writeAll("\(line)\n".utf8)
}

/// Writes what the command was run for to standard output.
///
/// - Throws: `ExitCode` where it cannot be written; a reader that has gone has all it wants.
func printResult(_ text: String) throws {
  do throws(WriteError) {
    try FileHandle.standardOutput.writeAll("\(text)\n".utf8)
  } catch {
    if error.isReaderGone { return }
    announce("rpcbench: cannot write the result: \(error)", on: .standardError)
    throw ExitCode(74)
  }
}
