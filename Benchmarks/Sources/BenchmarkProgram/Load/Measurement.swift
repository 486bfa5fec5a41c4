internal import Histogram

/// What one worker has counted; those of all workers are added up.
///
/// Counts have a fraction where an operation reached over an edge of the window.
public struct Measurement: Sendable {
  public private(set) var calls = 0.0
  /// Messages received.
  public private(set) var messages = 0.0
  /// Unary calls, listed messages, sync round trips or requests.
  public private(set) var operations = 0.0
  public private(set) var bytes = PayloadBytes()
  public private(set) var errors = 0
  public private(set) var firstError: String?
  /// The time of each call or round trip, in nanoseconds.
  private var latencies = Histogram<UInt64>(
    lowestDiscernibleValue: 1, highestTrackableValue: 3_600_000_000_000,
    numberOfSignificantValueDigits: .three)

  public init() {}

  /// Counts a share of a number of calls, of the messages that they brought, each an operation, and of the bytes.
  public mutating func count(_ share: Double, calls: Int = 0, messages: Int, bytes: PayloadBytes) {
    self.calls += share * Double(calls)
    self.messages += share * Double(messages)
    operations += share * Double(messages)
    self.bytes.add(bytes, share: share)
  }

  public mutating func record(_ latency: Duration) {
    let (seconds, attoseconds) = latency.components
    latencies.record(UInt64(max(0, seconds * 1_000_000_000 + attoseconds / 1_000_000_000)))
  }

  public mutating func fail(_ error: String) {
    errors += 1
    if firstError == nil { firstError = error }
  }

  public mutating func add(_ other: Measurement) {
    calls += other.calls
    messages += other.messages
    operations += other.operations
    bytes.add(other.bytes, share: 1)
    errors += other.errors
    if firstError == nil { firstError = other.firstError }
    latencies.add(other.latencies)
  }

  /// A percentile of the latencies, in microseconds.
  func latency(percentile: Double) -> Double { Double(latencies.valueAtPercentile(percentile)) / 1_000 }

  /// The longest latency, in microseconds.
  var longestLatency: Double { Double(latencies.max) / 1_000 }
}
