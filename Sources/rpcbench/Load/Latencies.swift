internal import Histogram
internal import ThinGRPCGuarding

/// The times of all workers' calls and round trips, in nanoseconds.
///
/// One histogram for all: of its own, a quarter of a megabyte, each worker would touch other memory, and many calls in flight
/// would look dearer than they are.
final class Latencies: Sendable {
  private let histogram = Guarded(
    Histogram<UInt64>(
      lowestDiscernibleValue: 1, highestTrackableValue: 3_600_000_000_000,
      numberOfSignificantValueDigits: .three))

  /// Records what one worker has measured.
  func record(_ latencies: [UInt64]) {
    histogram.withLock { histogram in
      for latency in latencies { histogram.record(latency) }
    }
  }

  /// A percentile, in microseconds.
  func percentile(_ percentile: Double) -> Double {
    histogram.withLock { Double($0.valueAtPercentile(percentile)) } / 1_000
  }

  /// The longest, in microseconds.
  var longest: Double { histogram.withLock { Double($0.max) } / 1_000 }
}
