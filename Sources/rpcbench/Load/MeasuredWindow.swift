/// When the load is measured: after the warm-up, for the duration.
struct MeasuredWindow: Sendable {
  let begin: ContinuousClock.Instant
  let end: ContinuousClock.Instant

  init(warmUp: Duration, duration: Duration) {
    begin = .now + warmUp
    end = begin + duration
  }

  /// How far an open loop may fall behind its schedule before it is given up.
  static let longestDelay = Duration.seconds(30)

  /// Whether an operation of an open loop counts: all that were due in the window do, however late they end.
  func counts(dueAt start: ContinuousClock.Instant) -> Bool {
    start >= begin && start < end
  }

  /// Whether an operation that ran from `start` to `now` counts.
  func counts(from start: ContinuousClock.Instant, to now: ContinuousClock.Instant) -> Bool {
    start >= begin && now <= end
  }
}
