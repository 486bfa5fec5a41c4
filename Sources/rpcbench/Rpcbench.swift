internal import ArgumentParser

/// The benchmark's server and load on the command line.
@main
struct Rpcbench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rpcbench",
    abstract: "Measures what gRPC costs.",
    discussion: """
      Start `rpcbench serve` in one terminal and `rpcbench load` in another. All is built on the public API alone, with \
      generated stubs and default settings.

      Exit codes: 0 done; 64 bad usage; 69 the address cannot be listened on; 70 a reply was wrong or a call failed.
      """,
    subcommands: [ServeCommand.self, LoadCommand.self, IdleCommand.self])
}
