// `Duration` alone is Swift's; protobuf's is `GoogleProtobuf.Duration`.

extension GoogleProtobuf.Duration {
  /// The shortest duration, about -10,000 years.
  public static let shortest = Self(seconds: -315_576_000_000, nanoseconds: -999_999_999)

  /// The longest duration, about 10,000 years.
  public static let longest = Self(seconds: 315_576_000_000, nanoseconds: 999_999_999)

  /// A duration of some seconds and nanoseconds, normalised.
  ///
  /// - Parameters:
  ///   - seconds: may be negative.
  ///   - nanoseconds: any number; whole seconds in it are carried over, and it gets the sign of the seconds.
  public init(seconds: Int64, nanoseconds: Int64 = 0) {
    self.init()
    (self.seconds, nanos) = withOneSign(normalize(seconds, nanoseconds))
  }

  /// The duration, rounded to the nanosecond towards zero; `shortest` or `longest` beyond these.
  public init(_ duration: Duration) {
    // In range first: a longer one need not have a number of seconds.
    let clamped = min(max(duration, Duration(Self.shortest)), Duration(Self.longest))
    let (seconds, attoseconds) = clamped.components
    self.init(seconds: seconds, nanoseconds: attoseconds / attosecondsPerNanosecond)
  }

  /// Whether the duration is one: from `shortest` to `longest`, the nanoseconds less than a second and of the seconds' sign.
  public var isValid: Bool {
    (Self.shortest.seconds...Self.longest.seconds).contains(seconds)
      && nanos.magnitude < nanosecondsPerSecond && seconds.signum() * Int64(nanos.signum()) >= 0
  }

  /// The same duration with less than a second of nanoseconds, of the seconds' sign; it may be out of range all the same.
  public var normalized: Self {
    var result = self
    (result.seconds, result.nanos) = withOneSign(normalize(seconds, Int64(nanos)))
    return result
  }

  /// The nearest duration that is in range, normalised.
  public var clamped: Self { min(max(normalized, .shortest), .longest) }
}

extension GoogleProtobuf.Duration: Comparable, AdditiveArithmetic {
  /// No time at all.
  public static var zero: Self { Self() }

  /// Whether `left` is shorter than `right`; both normalised.
  public static func < (left: Self, right: Self) -> Bool {
    (left.seconds, left.nanos) < (right.seconds, right.nanos)
  }

  /// The sum; `shortest` or `longest` beyond these.
  public static func + (left: Self, right: Self) -> Self { Self(Duration(left) + Duration(right)) }

  /// The difference; `shortest` or `longest` beyond these.
  public static func - (left: Self, right: Self) -> Self { Self(Duration(left) - Duration(right)) }

  /// The same duration the other way.
  public static prefix func - (duration: Self) -> Self { .zero - duration }
}

extension Duration {
  /// Protobuf's duration, exactly, be it in range or not.
  public init(_ duration: GoogleProtobuf.Duration) {
    self = .seconds(duration.seconds) + .nanoseconds(duration.nanos)
  }
}

/// A normalised pair whose nanoseconds count on from the seconds, with the nanoseconds counting the seconds' way instead.
private func withOneSign(_ pair: (seconds: Int64, nanos: Int32)) -> (Int64, Int32) {
  pair.seconds < 0 && pair.nanos > 0 ? (pair.seconds + 1, pair.nanos - Int32(nanosecondsPerSecond)) : pair
}
