let nanosecondsPerSecond: Int64 = 1_000_000_000
let attosecondsPerNanosecond: Int64 = 1_000_000_000

/// The same time with nanoseconds from 0 to 999,999,999; the nearest there is where the seconds do not suffice.
func normalize(_ seconds: Int64, _ nanoseconds: Int64) -> (seconds: Int64, nanos: Int32) {
  let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: nanosecondsPerSecond)
  let borrow: Int64 = remainder < 0 ? 1 : 0
  let (sum, overflow) = seconds.addingReportingOverflow(quotient - borrow)
  if overflow {
    return seconds < 0 ? (.min, 0) : (.max, Int32(nanosecondsPerSecond - 1))
  }
  return (sum, Int32(remainder + borrow * nanosecondsPerSecond))
}
