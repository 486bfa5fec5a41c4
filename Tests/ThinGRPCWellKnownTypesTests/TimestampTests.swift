import Foundation
import Testing
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes

typealias Timestamp = GoogleProtobuf.Timestamp

@Suite struct TimestampTests {
  @Test("A date becomes the timestamp of the same point in time, and comes back")
  func dates() {
    #expect(Timestamp(Date(timeIntervalSince1970: 0)) == Timestamp(seconds: 0))
    #expect(Timestamp(Date(timeIntervalSince1970: 1.5)) == Timestamp(seconds: 1, nanoseconds: 500_000_000))
    #expect(Timestamp(Date(timeIntervalSince1970: -0.25)) == Timestamp(seconds: -1, nanoseconds: 750_000_000))
    #expect(Date(Timestamp(seconds: -1, nanoseconds: 750_000_000)) == Date(timeIntervalSince1970: -0.25))
    let now = Date()
    #expect(abs(Date(Timestamp(now)).timeIntervalSince(now)) < 0.000_001)
  }

  @Test("A date beyond what a timestamp can be becomes the nearest one, and none becomes a trap")
  func extremeDates() {
    #expect(Timestamp(.distantPast) == .earliest)
    for seconds in [-Double.infinity, -1e300, -62_135_596_801] {
      #expect(Timestamp(Date(timeIntervalSince1970: seconds)) == .earliest)
    }
    for seconds in [Double.infinity, 1e300, 253_402_300_800, .nan] {
      #expect(Timestamp(Date(timeIntervalSince1970: seconds)) == .latest)
    }
    #expect(Date(Timestamp(seconds: .min)).timeIntervalSince1970 < -9e18)
  }

  @Test("The present time is between the dates around it")
  func now() {
    let before = Timestamp(Date())
    let now = Timestamp.now
    #expect(before <= now && now <= Timestamp(Date()))
    #expect(now.isValid)
  }

  @Test("Nanoseconds beyond a second are carried over")
  func normalization() {
    #expect(
      Timestamp(seconds: 1, nanoseconds: 2_500_000_000) == .with { ($0.seconds, $0.nanos) = (3, 500_000_000) }
    )
    #expect(Timestamp(seconds: 1, nanoseconds: -1) == .with { ($0.seconds, $0.nanos) = (0, 999_999_999) })
    #expect(Timestamp(seconds: .max, nanoseconds: .max).seconds == .max)
    #expect(Timestamp(seconds: .min, nanoseconds: .min).seconds == .min)
    let odd = Timestamp.with { ($0.seconds, $0.nanos) = (10, -1) }
    #expect(!odd.isValid)
    #expect(odd.normalized == Timestamp(seconds: 9, nanoseconds: 999_999_999))
    #expect(odd.normalized.isValid)
  }

  @Test("The range ends with the years 1 and 9999")
  func range() {
    #expect(Timestamp.earliest.isValid && Timestamp.latest.isValid)
    #expect(!Timestamp(seconds: Timestamp.earliest.seconds - 1).isValid)
    #expect(!Timestamp(seconds: Timestamp.latest.seconds + 1).isValid)
    #expect(Timestamp(seconds: .max).clamped == .latest)
    #expect(Timestamp(seconds: .min).clamped == .earliest)
  }

  @Test("Durations are added, and lie between timestamps, without leaving the range")
  func arithmetic() {
    let noon = Timestamp(seconds: 43_200)
    #expect(noon + .milliseconds(1_500) == Timestamp(seconds: 43_201, nanoseconds: 500_000_000))
    #expect(noon - .milliseconds(500) == Timestamp(seconds: 43_199, nanoseconds: 500_000_000))
    #expect(noon + Duration(secondsComponent: 0, attosecondsComponent: -1) < noon)
    #expect((noon + .seconds(5)) - noon == .seconds(5))
    #expect(noon - (noon + .seconds(5)) == .seconds(-5))
    #expect(Timestamp.latest + .seconds(1) == .latest)
    #expect(Timestamp(seconds: .max) + .seconds(Int64.max) == .latest)
    #expect(Timestamp(seconds: .min) - .seconds(Int64.max) == .earliest)
    #expect(Timestamp.earliest + (Timestamp.latest - Timestamp.earliest) == .latest)
    var moved = noon
    moved += .seconds(2)
    moved -= .seconds(1)
    #expect(moved == Timestamp(seconds: 43_201))
  }
}
