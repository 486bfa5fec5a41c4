/// When the load is measured: after the warm-up, for the duration.
struct MeasuredWindow: Sendable {
  let begin: LoadInstant
  let end: LoadInstant

  /// - Parameters: in seconds.
  init(warmUp: Double, duration: Double) {
    begin = .now + nanoseconds(warmUp)
    end = begin + nanoseconds(duration)
  }

  /// How far an open loop may fall behind its schedule before it is given up, in nanoseconds.
  static let longestDelay: Int64 = 30_000_000_000

  /// Whether an operation of an open loop counts: all that were due in the window do, however late they end.
  func counts(dueAt start: LoadInstant) -> Bool {
    start >= begin && start < end
  }

  /// How much of an operation that ran from `start` to `now` counts: all of nearly every one, and of one that reaches over an
  /// edge of the window the share of its time within. Left out, long operations would look dearer the shorter the window is.
  func share(from start: LoadInstant, to now: LoadInstant) -> Double {
    if start >= begin && now <= end { return 1 }
    let (first, last) = (max(start, begin), min(now, end))
    return first < last ? Double(last - first) / Double(now - start) : 0
  }

  /// Whether the latency of an operation that ended `now` counts.
  func contains(_ now: LoadInstant) -> Bool {
    now >= begin && now <= end
  }
}
