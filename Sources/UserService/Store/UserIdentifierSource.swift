internal import ThinGRPCGuarding
internal import ThinGRPCProtobuf
internal import ThinGRPCWellKnownTypes

/// Makes ids for new users: UUIDs of version 7 (RFC 9562), written out in lower case.
///
/// They are ordered by the time of their making, also within a millisecond, so that new users are appended at the
/// end of the table instead of landing all over it.
final class UserIdentifierSource: Sendable {
  /// The milliseconds since 1970 and a counter within the millisecond, of the id made last.
  private let last = Guarded((millisecond: Int64(0), counter: UInt16(0)))

  /// The ids of one millisecond: the counter has 12 bits.
  private static let counterLimit: UInt16 = 0xFFF

  /// An id greater than every id that this source made before.
  func next(at time: GoogleProtobuf.Timestamp) -> String {
    let now = time.seconds * 1_000 + Int64(time.nanos) / 1_000_000
    let (millisecond, counter) = last.withLock { last in
      if now > last.millisecond {
        last = (now, 0)
      } else if last.counter < Self.counterLimit {
        last.counter += 1
      } else {
        // More ids than a millisecond has, or a clock set back: borrow from the future.
        last = (last.millisecond + 1, 0)
      }
      return last
    }
    let high = UInt64(bitPattern: millisecond) << 16 | 0x7000 | UInt64(counter)
    let low = UInt64.random(in: 0...UInt64.max) & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    return Self.text(high, low)
  }

  private static func text(_ high: UInt64, _ low: UInt64) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(36)
    for position in 0..<32 {
      if [8, 12, 16, 20].contains(position) { text.append(UInt8(ascii: "-")) }
      let word = position < 16 ? high : low
      text.append(digits[Int(word >> UInt64(60 - position % 16 * 4) & 0xF)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
