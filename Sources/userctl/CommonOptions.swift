internal import ArgumentParser
internal import Foundation
internal import ThinGRPC
internal import UserProtos

/// The options that every command has.
struct CommonOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The server: HOST:PORT, unix:PATH or any gRPC target. Also USERCTL_ADDR.", valueName: "address"))
  var addr = ProcessInfo.processInfo.environment["USERCTL_ADDR"] ?? "127.0.0.1:50051"

  @Option(
    help: ArgumentHelp(
      "How long a call may take. By default 30 seconds, and as long as it takes for list, import and sync.",
      valueName: "seconds"))
  var timeout: Double?

  @Flag(help: "Print one JSON object a line, messages by protobuf's own mapping.")
  var json = false

  func validate() throws {
    guard !addr.isEmpty else { throw ValidationError("--addr must not be empty") }
    if let timeout, !(timeout > 0 && timeout <= 31_536_000) {
      throw ValidationError("--timeout must be more than 0 and at most 31536000 seconds")
    }
  }

  /// How a unary call is made.
  var unary: CallOptions { .timeout(.seconds(timeout ?? 30)) }

  /// How a stream is opened: it has no end in time unless one is given.
  var stream: CallOptions { timeout.map { .timeout(.seconds($0)) } ?? CallOptions(deadline: .none) }

  var output: Output { Output(format: json ? .json : .text) }

  /// Calls `body` with a client, and closes its channel afterwards.
  ///
  /// - Throws: `SetupError` for an address that is none, and what `body` throws.
  func withClient(_ body: (UserServiceClient) async throws -> Void) async throws {
    let channel = try Channel(to: addr, credentials: .insecure)
    let result: Result<Void, any Error>
    do {
      // On the channel's own thread, so that no response of a stream waits for a thread switch.
      result = .success(
        try await withTaskExecutorPreference(channel.executor) { try await body(UserServiceClient(channel)) })
    } catch {
      result = .failure(error)
    }
    await channel.shutdown()
    try result.get()
  }
}
