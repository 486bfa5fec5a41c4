internal import Dispatch

/// A point in time of a load, on the monotonic clock.
///
/// A plain number of nanoseconds: a load reads the clock for every call, and the clocks of the standard library, which
/// reckon in 128 bits, would take a visible part of the time that they measure.
struct LoadInstant: Comparable, Sendable {
  let nanoseconds: Int64

  static var now: LoadInstant { LoadInstant(nanoseconds: Int64(DispatchTime.now().uptimeNanoseconds)) }

  static func < (left: LoadInstant, right: LoadInstant) -> Bool { left.nanoseconds < right.nanoseconds }

  static func + (instant: LoadInstant, nanoseconds: Int64) -> LoadInstant {
    LoadInstant(nanoseconds: instant.nanoseconds + nanoseconds)
  }

  /// The nanoseconds between two points.
  static func - (end: LoadInstant, start: LoadInstant) -> Int64 { end.nanoseconds - start.nanoseconds }

  /// Returns at this point, or when the task is cancelled.
  func wait() async {
    let left = self - .now
    if left > 0 { try? await Task.sleep(for: .nanoseconds(left)) }
  }
}

/// A number of seconds in nanoseconds.
func nanoseconds(_ seconds: Double) -> Int64 { Int64(seconds * 1e9) }
