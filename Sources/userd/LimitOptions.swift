internal import ArgumentParser
internal import ConsoleProgram
internal import ThinGRPC

/// What clients may take of the daemon.
struct LimitOptions: ParsableArguments {
  private static let memoryQuotas = NumberRange(8...1_048_576)
  private static let callCounts = NumberRange(1...10_000_000)
  private static let connectionCounts = NumberRange(0...10_000_000)
  private static let callCountsPerAddress = NumberRange(0...10_000_000)
  private static let connectionAges = NumberRange(0.0...31_536_000.0)
  private static let requestTimes = NumberRange(0.0...86_400.0)

  @Option(
    help: ArgumentHelp(
      """
      The memory for connections, calls and messages on their way, \(memoryQuotas); by default 128. Beyond it calls are \
      ended. Not more than an eighth of what the process may have.
      """, valueName: "mebibytes"),
    transform: memoryQuotas.parse)
  var memoryQuota = 128

  @Option(
    help: ArgumentHelp(
      """
      How many calls may be in progress, \(callCounts); by default 10000. Further ones are told to try again.
      """, valueName: "count"),
    transform: callCounts.parse)
  var maxCalls = 10_000

  @Option(
    help: ArgumentHelp(
      """
      How many calls one address may have in progress, \(callCountsPerAddress); by default 0, for any number. Behind a proxy \
      all clients have one address.
      """, valueName: "count"),
    transform: callCountsPerAddress.parse)
  var maxCallsPerAddress = 0

  @Option(
    help: ArgumentHelp(
      "How many connections may be open, \(connectionCounts); by default 2000, and 0 for any number.",
      valueName: "count"),
    transform: connectionCounts.parse)
  var maxConnections = 2_000

  @Option(
    help: ArgumentHelp(
      "How many connections one address may have open, \(connectionCounts); by default 0, for any number.",
      valueName: "count"),
    transform: connectionCounts.parse)
  var maxConnectionsPerAddress = 0

  @Option(
    help: ArgumentHelp(
      """
      How long a connection is kept, \(connectionAges); by default 0, for any time. Its calls go on, and its client makes \
      the next ones on another connection.
      """, valueName: "seconds"),
    transform: connectionAges.parse)
  var connectionAgeSeconds = 0.0

  @Option(
    help: ArgumentHelp(
      """
      How long the request of a call may take to arrive, from its first to its last byte, \(requestTimes); by default \
      30, and 0 for any time.
      """, valueName: "seconds"),
    transform: requestTimes.parse)
  var requestSeconds = 30.0

  /// The options that can be given in the environment too.
  static let environmentOptions = [
    "memory-quota", "max-calls", "max-calls-per-address", "max-connections", "max-connections-per-address",
    "connection-age-seconds", "request-seconds",
  ]

  /// The settings of the server, as the options say them.
  var configuration: ServerConfiguration {
    var configuration = ServerConfiguration()
    configuration.memoryQuotaBytes = min(memoryQuota << 20, ServerConfiguration.defaultMemoryQuotaBytes)
    configuration.maxCallsInProgress = maxCalls
    configuration.maxCallsPerAddress = maxCallsPerAddress == 0 ? nil : maxCallsPerAddress
    configuration.maxConnections = maxConnections == 0 ? nil : maxConnections
    configuration.maxConnectionsPerAddress = maxConnectionsPerAddress == 0 ? nil : maxConnectionsPerAddress
    configuration.maxConnectionAge = connectionAgeSeconds == 0 ? nil : .seconds(connectionAgeSeconds)
    configuration.maxRequestTime = requestSeconds == 0 ? nil : .seconds(requestSeconds)
    // A daemon outlives its clients' mistakes: a forgotten connection is closed.
    configuration.maxConnectionIdle = .seconds(15 * 60)
    // Whoever looks after a daemon starts it again.
    configuration.deadListenerAction = .endProcess
    return configuration
  }
}
