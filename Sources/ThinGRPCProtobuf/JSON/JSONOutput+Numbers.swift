extension JSONOutput {
  mutating func append(_ number: Int64) {
    if number < 0 { append(UInt8(ascii: "-")) }
    append(number.magnitude)
  }

  mutating func append(_ number: UInt64) {
    if number < 10 { return append(UInt8(ascii: "0") + UInt8(number)) }
    append(number, digitCount: digitCount(number))
  }

  /// The last digits of a number, with zeros before it where it has fewer.
  mutating func append(_ number: UInt64, digitCount count: Int) {
    unsafe append(upTo: count) { place in
      var rest = number
      var position = count
      while position >= 2 {
        position -= 2
        let pair = Int(truncatingIfNeeded: rest % 100)
        rest /= 100
        unsafe place.storeBytes(
          of: UnsafeRawPointer(digitPairs.utf8Start).loadUnaligned(fromByteOffset: 2 * pair, as: UInt16.self),
          toByteOffset: position, as: UInt16.self)
      }
      if position == 1 {
        unsafe place.storeBytes(of: UInt8(ascii: "0") + UInt8(rest % 10), as: UInt8.self)
      }
      return count
    }
  }

  /// The shortest number that is read as the same value; what is no number is in quotes.
  mutating func append(_ value: Double) {
    if let whole = Int64(exactly: value), whole.magnitude < 1 << 53, whole != 0 || value.sign == .plus {
      append(whole)
    } else if value == 0 {
      // Some readers take what has no point for an integer, which has no sign when it is zero.
      append("-0.0")
    } else if value.isFinite {
      append(description: value.description)
    } else {
      appendNonNumber(isNaN: value.isNaN, value.sign)
    }
  }

  /// The shortest number that is read as the same value; what is no number is in quotes.
  mutating func append(_ value: Float) {
    if let whole = Int64(exactly: value), whole.magnitude < 1 << 24, whole != 0 || value.sign == .plus {
      append(whole)
    } else if value == 0 {
      // Some readers take what has no point for an integer, which has no sign when it is zero.
      append("-0.0")
    } else if value.isFinite {
      append(description: value.description)
    } else {
      appendNonNumber(isNaN: value.isNaN, value.sign)
    }
  }

  /// Swift's description of a finite number is the shortest, and JSON but for the zero behind whole numbers, which JSON allows.
  private mutating func append(description: String) {
    unsafe description.utf8Span.span.withUnsafeBytes { bytes in
      let isWhole =
        unsafe bytes.count > 2 && bytes[bytes.count - 1] == UInt8(ascii: "0")
        && bytes[bytes.count - 2] == UInt8(ascii: ".")
      unsafe append(UnsafeRawBufferPointer(rebasing: bytes.dropLast(isWhole ? 2 : 0)))
    }
  }

  private mutating func appendNonNumber(isNaN: Bool, _ sign: FloatingPointSign) {
    if isNaN {
      append("\"NaN\"")
    } else {
      append(sign == .minus ? "\"-Infinity\"" : "\"Infinity\"")
    }
  }
}

private let digitPairs: StaticString = """
  00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899
  """

private func digitCount(_ number: UInt64) -> Int {
  var count = 1
  var rest = number
  while rest >= 10_000 {
    rest /= 10_000
    count += 4
  }
  return count + (rest >= 1000 ? 3 : rest >= 100 ? 2 : rest >= 10 ? 1 : 0)
}
