internal import CGRPCShim
internal import Glibc

/// A point in time on the core's monotonic clock.
package struct MonotonicInstant: Hashable, Comparable, Sendable {
  /// Nanoseconds since the clock's start.
  package var nanoseconds: Int64

  /// Later than any other instant: no deadline.
  package static let distantFuture = MonotonicInstant(nanoseconds: .max)

  /// The present (`gpr_now`).
  package static var now: MonotonicInstant {
    MonotonicInstant(gpr_now(GPR_CLOCK_MONOTONIC))
  }

  /// The present to within a few milliseconds, for a fraction of the price.
  static var coarseNow: MonotonicInstant {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
    return MonotonicInstant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  package init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  init(_ time: gpr_timespec) {
    let time = gpr_convert_clock_type(time, GPR_CLOCK_MONOTONIC)
    if time.tv_sec >= Int64.max / 1_000_000_000 {
      self = .distantFuture
    } else {
      nanoseconds = time.tv_sec * 1_000_000_000 + Int64(time.tv_nsec)
    }
  }

  var coreTime: gpr_timespec {
    guard self != .distantFuture else { return gpr_inf_future(GPR_CLOCK_MONOTONIC) }
    return gpr_timespec(
      tv_sec: nanoseconds / 1_000_000_000, tv_nsec: Int32(nanoseconds % 1_000_000_000),
      clock_type: GPR_CLOCK_MONOTONIC)
  }

  /// The instant some nanoseconds from this one, `distantFuture` where that cannot be told as a number.
  package func advanced(byNanoseconds duration: Int64) -> MonotonicInstant {
    let (sum, overflow) = nanoseconds.addingReportingOverflow(duration)
    if overflow { return duration < 0 ? MonotonicInstant(nanoseconds: 0) : .distantFuture }
    return MonotonicInstant(nanoseconds: max(0, sum))
  }

  package static func < (left: MonotonicInstant, right: MonotonicInstant) -> Bool {
    left.nanoseconds < right.nanoseconds
  }
}

extension Duration {
  /// The duration in nanoseconds, or the nearest number that there is.
  package var clampedNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflow2) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
    return overflow || overflow2 ? (seconds < 0 ? .min : .max) : sum
  }
}
