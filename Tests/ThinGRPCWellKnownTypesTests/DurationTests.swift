import Testing
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes

@Suite struct DurationTests {
  @Test(
    "A duration of Swift's becomes protobuf's and comes back, to the nanosecond",
    arguments: [
      (.zero, 0, 0), (.milliseconds(1_500), 1, 500_000_000), (.milliseconds(-1_500), -1, -500_000_000),
      (.nanoseconds(-1), 0, -1), (Duration(secondsComponent: 0, attosecondsComponent: -999_999_999), 0, 0),
    ] as [(Duration, Int64, Int32)])
  func conversion(duration: Duration, seconds: Int64, nanos: Int32) {
    let converted = GoogleProtobuf.Duration(duration)
    #expect(converted.seconds == seconds)
    #expect(converted.nanos == nanos)
    #expect(converted.isValid)
    let back = Duration(converted)
    #expect((back - duration).components.seconds == 0)
    #expect(abs((back - duration).components.attoseconds) < 1_000_000_000)
  }

  @Test("Durations beyond the range become the nearest in it")
  func range() {
    #expect(GoogleProtobuf.Duration(.seconds(Int64.max) + .seconds(Int64.max)) == .longest)
    #expect(GoogleProtobuf.Duration(.seconds(Int64.min)) == .shortest)
    #expect(GoogleProtobuf.Duration.longest.isValid && GoogleProtobuf.Duration.shortest.isValid)
    #expect(!GoogleProtobuf.Duration(seconds: 315_576_000_001).isValid)
    #expect(GoogleProtobuf.Duration(seconds: .max, nanoseconds: .max).clamped == .longest)
    #expect(GoogleProtobuf.Duration.longest + GoogleProtobuf.Duration(seconds: 1) == .longest)
  }

  @Test("Nanoseconds get the sign of the seconds, and whole seconds in them are carried over")
  func normalization() {
    let mixed = GoogleProtobuf.Duration.with { ($0.seconds, $0.nanos) = (2, -500_000_000) }
    #expect(!mixed.isValid)
    #expect(mixed.normalized == GoogleProtobuf.Duration(.milliseconds(1_500)))
    let other = GoogleProtobuf.Duration.with { ($0.seconds, $0.nanos) = (-2, 1_500_000_000) }
    #expect(other.normalized == GoogleProtobuf.Duration(.milliseconds(-500)))
    #expect(Duration(mixed) == .milliseconds(1_500))
  }

  @Test("Durations are added, subtracted, turned round and compared")
  func arithmetic() {
    let second = GoogleProtobuf.Duration(seconds: 1)
    let half = GoogleProtobuf.Duration(.milliseconds(500))
    #expect(half + half == second)
    #expect(half - second == -half)
    #expect(-second < .zero && half < second)
    #expect([second, half].reduce(.zero, +) == GoogleProtobuf.Duration(.milliseconds(1_500)))
  }
}
