internal import ArgumentParser

/// grpc-swift-2 on its NIO transport: the server and the client of the benchmark.
@main
struct GRPCSwiftPeer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grpc-swift-peer", abstract: "The benchmark's server and client on grpc-swift-2.",
    subcommands: [ServeCommand.self, LoadCommand.self])
}
