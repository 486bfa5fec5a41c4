internal import Foundation

/// When the load is measured: after the warm-up, for the duration.
public struct MeasuredWindow: Sendable {
  public let begin: ContinuousClock.Instant
  public let end: ContinuousClock.Instant

  public init(warmUp: Duration, duration: Duration) {
    begin = .now + warmUp
    end = begin + duration
  }

  /// When a server that still owes a reply is given up.
  public var lastMoment: ContinuousClock.Instant { end + .seconds(30) }

  /// How much of an operation that ran from `start` to `now` counts: all of nearly every one, and of one that reaches over an
  /// edge of the window the share of its time within. Left out, long operations would look dearer the shorter the window is.
  public func share(from start: ContinuousClock.Instant, to now: ContinuousClock.Instant) -> Double {
    if start >= begin && now <= end { return 1 }
    let (first, last) = (max(start, begin), min(now, end))
    return first < last ? (last - first) / (now - start) : 0
  }

  /// Whether the latency of an operation that ended `now` counts.
  public func contains(_ now: ContinuousClock.Instant) -> Bool { now >= begin && now <= end }

  /// Waits for the window to pass, prints its marks where wanted, and returns the CPU seconds that the process used in it.
  public func processorSeconds(marks: Bool) async throws -> Double {
    try await Task.sleep(until: begin, clock: .continuous)
    if marks { writeLine("#begin") }
    let before = clock()
    try await Task.sleep(until: end, clock: .continuous)
    let after = clock()
    if marks { writeLine("#end") }
    return Double(after - before) / Double(CLOCKS_PER_SEC)
  }
}
