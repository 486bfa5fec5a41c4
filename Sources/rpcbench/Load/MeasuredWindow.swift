/// When the load is measured: after the warm-up, for the duration.
struct MeasuredWindow: Sendable {
  let begin: ContinuousClock.Instant
  let end: ContinuousClock.Instant

  init(warmUp: Duration, duration: Duration) {
    begin = .now + warmUp
    end = begin + duration
  }

  /// Whether an operation that ran from `start` to `now` counts.
  func counts(from start: ContinuousClock.Instant, to now: ContinuousClock.Instant) -> Bool {
    start >= begin && now <= end
  }
}
