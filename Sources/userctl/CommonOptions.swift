internal import ArgumentParser
internal import ConsoleProgram
internal import Foundation
internal import ThinGRPC
internal import UserProtos

/// The options that every command has.
struct CommonOptions: ParsableArguments {
  /// An empty variable counts as not set.
  private static var addressByDefault: String {
    let address = ProcessInfo.processInfo.environment["USERCTL_ADDR"] ?? ""
    return address.isEmpty ? "127.0.0.1:50051" : address
  }

  private static let timeouts = NumberRange(0.000001...31_536_000.0)
  private static let probes = NumberRange(0...86_400)

  @Option(
    help: ArgumentHelp(
      "The server: HOST:PORT, unix:PATH or any gRPC target; tls:// before it as --tls. Also USERCTL_ADDR.",
      valueName: "address"))
  var addr = addressByDefault

  @Option(
    help: ArgumentHelp(
      """
      How long a call may take, \(timeouts). By default 30 seconds, and as long as it takes for list, import and sync.
      """, valueName: "seconds"),
    transform: timeouts.parse)
  var timeout: Double?

  @Option(
    help: ArgumentHelp(
      """
      Probe a server that is silent for so long, \(probes), by default 30; 0 for never. One that does not answer within 20 seconds is \
      gone, and the call ends. Servers other than userd may take probes more often than every 300 seconds amiss.
      """, valueName: "seconds"),
    transform: probes.parse)
  var keepalive = 30

  @OptionGroup(title: "Connection") var connection: ConnectionOptions

  @Flag(help: "Print one JSON object a line, messages by protobuf's own mapping.")
  var json = false

  func validate() throws {
    guard !addr.isEmpty else { throw ValidationError("--addr must not be empty") }
  }

  /// How a unary call is made.
  var unary: CallOptions { .timeout(.seconds(timeout ?? 30)) }

  /// How a stream is opened: it has no end in time unless one is given.
  var stream: CallOptions { timeout.map { .timeout(.seconds($0)) } ?? CallOptions(deadline: .none) }

  var output: Output { Output(format: format) }

  private var format: Output.Format { json ? .json : .text }

  /// Calls `body` with a client, and closes its channel afterwards.
  ///
  /// - Parameters:
  ///   - waiting: says on a terminal that nothing comes.
  ///   - body: makes the calls.
  /// - Throws: `SetupError` for an address that is none, `FailedCall` for a call that fails, and what else `body` throws.
  func withClient(
    _ waiting: WaitingNotice = WaitingNotice(), _ body: (UserServiceClient) async throws -> Void
  ) async throws {
    var configuration = ChannelConfiguration()
    if keepalive > 0 { configuration.keepaliveTime = .seconds(keepalive) }
    try connection.configure(&configuration)
    let (target, credentials) = try connection.credentials(for: addr)
    let channel = try Channel(to: target, credentials: credentials, configuration: configuration)
    let notices = Task { await waiting.run(server: addr) }
    let result: Result<Void, any Error>
    do {
      // On the channel's own thread, so that no response of a stream waits for a thread switch.
      result = .success(
        try await withTaskExecutorPreference(channel.executor) { try await body(UserServiceClient(channel)) })
    } catch let error as RPCError {
      result = .failure(FailedCall(error: error, format: format))
    } catch {
      result = .failure(error)
    }
    notices.cancel()
    await channel.shutdown()
    try result.get()
  }
}
