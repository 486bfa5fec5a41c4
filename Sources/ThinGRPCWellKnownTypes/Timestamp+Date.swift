#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// The seconds from 1970 to 2001, from which dates count.
private let secondsUntil2001: Int64 = 978_307_200

extension GoogleProtobuf.Timestamp {
  /// The present time.
  public static var now: Self { Self(Date()) }

  /// The timestamp of a date, to the nanosecond before it; `earliest` or `latest` for dates beyond these.
  public init(_ date: Date) {
    let seconds = date.timeIntervalSinceReferenceDate
    let range =
      Double(Self.earliest.seconds - secondsUntil2001)...Double(Self.latest.seconds - secondsUntil2001)
    // Not a number is in no range, and counts as late.
    guard range.contains(seconds) else {
      self = seconds < range.lowerBound ? .earliest : .latest
      return
    }
    let whole = seconds.rounded(.down)
    self.init(
      seconds: Int64(whole) + secondsUntil2001,
      nanoseconds: Int64((seconds - whole) * Double(nanosecondsPerSecond)))
  }
}

extension Date {
  /// The date of a timestamp, as exact as dates are: to about a tenth of a microsecond now.
  public init(_ timestamp: GoogleProtobuf.Timestamp) {
    self.init(
      timeIntervalSinceReferenceDate: Double(timestamp.seconds) - Double(secondsUntil2001)
        + Double(timestamp.nanos) / Double(nanosecondsPerSecond))
  }
}
