/// The text of a `google.protobuf.Timestamp` or `google.protobuf.Duration`, read from its beginning.
@safe struct JSONTimeText {
  private let text: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(_ text: UnsafeBufferPointer<UInt8>) { unsafe self.text = text }

  /// The time, as RFC 3339 has it; nil for what is none of the years 1 to 9999.
  var timestamp: (seconds: Int64, nanoseconds: Int32)? {
    var text = self
    guard let year = text.number(digits: 4), text.consume("-"), let month = text.number(digits: 2),
      text.consume("-"), let day = text.number(digits: 2), text.consume("T"),
      let hour = text.number(digits: 2), text.consume(":"), let minute = text.number(digits: 2),
      text.consume(":"), let second = text.number(digits: 2), let nanoseconds = text.fraction(),
      let offset = text.offset(), text.isAtEnd
    else { return nil }
    guard 1...12 ~= month, day >= 1, day <= JSONTime.dayCount(of: month, year), hour < 24, minute < 60,
      second < 60
    else { return nil }
    let time = JSONTime(year: year, month: month, day: day, secondOfDay: hour * 3600 + minute * 60 + second)
    let seconds = time.secondsSinceEpoch - Int64(offset)
    return JSONTime.timestampSeconds.contains(seconds) ? (seconds, nanoseconds) : nil
  }

  /// The duration: seconds with an `s` behind them; nil for what is none of up to 10,000 years.
  var duration: (seconds: Int64, nanoseconds: Int32)? {
    var text = self
    let isNegative = text.consume("-")
    var seconds: Int64 = 0
    let first = text.position
    while let digit = text.digit() {
      seconds = seconds * 10 + Int64(digit)
      guard JSONTime.durationSeconds.contains(seconds) else { return nil }
    }
    guard text.position > first, let nanoseconds = text.fraction(), text.consume("s"), text.isAtEnd else {
      return nil
    }
    return isNegative ? (-seconds, -nanoseconds) : (seconds, nanoseconds)
  }

  private var isAtEnd: Bool { unsafe position == text.count }

  private mutating func digit() -> Int? {
    guard unsafe position < text.count, case let digit = unsafe text[position] &- UInt8(ascii: "0"),
      digit < 10
    else { return nil }
    position += 1
    return Int(digit)
  }

  private mutating func number(digits count: Int) -> Int? {
    var number = 0
    for _ in 0..<count {
      guard let digit = digit() else { return nil }
      number = number * 10 + digit
    }
    return number
  }

  private mutating func consume(_ character: Unicode.Scalar) -> Bool {
    guard unsafe position < text.count, unsafe text[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  /// Nothing, or a point and up to nine digits.
  private mutating func fraction() -> Int32? {
    guard consume(".") else { return 0 }
    var nanoseconds: Int32 = 0
    var count = 0
    while let digit = digit() {
      guard count < 9 else { return nil }
      nanoseconds = nanoseconds * 10 + Int32(digit)
      count += 1
    }
    guard count > 0 else { return nil }
    for _ in count..<9 { nanoseconds *= 10 }
    return nanoseconds
  }

  /// `Z`, or the hours and minutes by which the time is ahead of UTC; in seconds.
  private mutating func offset() -> Int? {
    if consume("Z") { return 0 }
    let isBehind = consume("-")
    guard isBehind || consume("+"), let hours = number(digits: 2), consume(":"),
      let minutes = number(digits: 2), hours < 24, minutes < 60
    else { return nil }
    let seconds = hours * 3600 + minutes * 60
    return isBehind ? -seconds : seconds
  }
}
