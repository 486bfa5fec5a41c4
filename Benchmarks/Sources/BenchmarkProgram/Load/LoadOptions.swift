public import ArgumentParser

/// The flags that every load client of the benchmark has.
public struct LoadOptions: ParsableArguments, Sendable {
  @Option(help: ArgumentHelp("The server: HOST:PORT or unix:PATH.", valueName: "address"))
  public var addr: Address

  @Option(help: "How many operations are in flight; each scenario has its own default.")
  public var concurrency: Int?

  @Option(help: "How many connections.")
  public var channels = 1

  @Option(help: "How many event loops, each with a thread.")
  public var threads = 1

  @Option(help: "How long is measured, in seconds.")
  public var durationS = 5.0

  @Option(help: "How long the load runs before, in seconds.")
  public var warmupS = 1.0

  @Option(help: "The users that a list call asks for.")
  public var page = 10_000

  @Option(help: "The bytes of the name in the update of the bytes scenario.")
  public var size = 65_536

  @Flag(help: "Print one line of JSON.")
  public var json = false

  @Flag(help: "Print #begin and #end around the measured window.")
  public var marks = false

  public init() {}

  public mutating func validate() throws {
    for (name, value) in [
      ("--concurrency", concurrency ?? 1), ("--channels", channels), ("--threads", threads), ("--page", page),
    ] where value < 1 || value > 1_000_000 {
      throw ValidationError("\(name) must be between 1 and 1000000")
    }
    guard size >= 0, size <= 64 << 20 else { throw ValidationError("--size must be between 0 and 67108864") }
    guard durationS > 0, durationS <= 86_400, warmupS >= 0, warmupS <= 86_400 else {
      throw ValidationError("--duration-s must be over 0, --warmup-s at least 0, both at most 86400")
    }
  }

  /// The window that starts now, with the warm-up.
  public var window: MeasuredWindow {
    MeasuredWindow(warmUp: .seconds(warmupS), duration: .seconds(durationS))
  }
}
