extension GoogleProtobuf.Timestamp {
  /// The first point in time that a timestamp can be: 0001-01-01T00:00:00Z.
  public static let earliest = Self(seconds: -62_135_596_800)

  /// The last point in time that a timestamp can be: 9999-12-31T23:59:59.999999999Z.
  public static let latest = Self(seconds: 253_402_300_799, nanoseconds: 999_999_999)

  /// The point in time some seconds and nanoseconds after 1970-01-01T00:00:00Z, normalised.
  ///
  /// - Parameters:
  ///   - seconds: may be negative.
  ///   - nanoseconds: any number; whole seconds in it are carried over.
  public init(seconds: Int64, nanoseconds: Int64 = 0) {
    self.init()
    (self.seconds, nanos) = normalize(seconds, nanoseconds)
  }

  /// Whether the timestamp is one: from `earliest` to `latest`, and the nanoseconds from 0 to 999,999,999.
  public var isValid: Bool {
    (Self.earliest.seconds...Self.latest.seconds).contains(seconds)
      && (0..<nanosecondsPerSecond).contains(Int64(nanos))
  }

  /// The same point in time with nanoseconds from 0 to 999,999,999, which may be out of range all the same.
  public var normalized: Self {
    var result = self
    (result.seconds, result.nanos) = normalize(seconds, Int64(nanos))
    return result
  }

  /// The nearest point in time that a timestamp can be, normalised.
  public var clamped: Self { min(max(normalized, .earliest), .latest) }

  /// The point in time `duration` later, to the nanosecond before it; `earliest` or `latest` beyond these.
  public static func + (timestamp: Self, duration: Duration) -> Self {
    // First into ranges whose sum has a number of seconds.
    let whole = latest - earliest + .seconds(1)
    let sum = timestamp.clamped.durationSince1970 + min(max(duration, .zero - whole), whole)
    let (seconds, attoseconds) = sum.components
    let borrow: Int64 = attoseconds % attosecondsPerNanosecond < 0 ? 1 : 0
    return Self(seconds: seconds, nanoseconds: attoseconds / attosecondsPerNanosecond - borrow).clamped
  }

  /// The point in time `duration` earlier, to the nanosecond before it; `earliest` or `latest` beyond these.
  public static func - (timestamp: Self, duration: Duration) -> Self { timestamp + (.zero - duration) }

  /// Moves the point in time later.
  public static func += (timestamp: inout Self, duration: Duration) { timestamp = timestamp + duration }

  /// Moves the point in time earlier.
  public static func -= (timestamp: inout Self, duration: Duration) { timestamp = timestamp - duration }

  /// The time from `earlier` to `later`; negative if they are the other way round.
  public static func - (later: Self, earlier: Self) -> Duration {
    later.durationSince1970 - earlier.durationSince1970
  }

  /// The time since 1970-01-01T00:00:00Z, exactly.
  public var durationSince1970: Duration { .seconds(seconds) + .nanoseconds(nanos) }
}

extension GoogleProtobuf.Timestamp: Comparable {
  /// Whether `left` is before `right`; both normalised.
  public static func < (left: Self, right: Self) -> Bool {
    (left.seconds, left.nanos) < (right.seconds, right.nanos)
  }
}
