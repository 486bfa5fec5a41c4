/// A number as JSON has it: digits, a point, an exponent.
@safe struct JSONNumber {
  /// Where the number ends.
  let end: UnsafePointer<UInt8>
  private let start: UnsafePointer<UInt8>
  private let isNegative: Bool
  /// The number is `mantissa * 10 ^ exponent`, unless some digit did not find room and was not zero.
  private let mantissa: UInt64
  private let exponent: Int
  private let isExact: Bool

  /// The number that begins at `start`; nil when there is none. What ends it can be anything that is not of a number.
  init?(at start: UnsafePointer<UInt8>) {
    var cursor = unsafe start
    let isNegative = unsafe cursor.pointee == UInt8(ascii: "-")
    if isNegative { unsafe cursor += 1 }
    var digits = Digits()
    let first = unsafe cursor
    unsafe digits.append(from: &cursor, isFraction: false)
    // No number begins with a zero but 0 itself.
    guard unsafe cursor > first, unsafe first.pointee != UInt8(ascii: "0") || cursor == first + 1 else {
      return nil
    }
    if unsafe cursor.pointee == UInt8(ascii: ".") {
      unsafe cursor += 1
      let first = unsafe cursor
      unsafe digits.append(from: &cursor, isFraction: true)
      guard unsafe cursor > first else { return nil }
    }
    var exponent = 0
    if unsafe cursor.pointee | 0x20 == UInt8(ascii: "e") {
      unsafe cursor += 1
      let isNegative = unsafe cursor.pointee == UInt8(ascii: "-")
      if unsafe isNegative || cursor.pointee == UInt8(ascii: "+") { unsafe cursor += 1 }
      let first = unsafe cursor
      while let digit = unsafe decimalDigit(cursor) {
        // Far above what any number has, and far below what overflows.
        exponent = min(exponent * 10 + Int(digit), 1 << 40)
        unsafe cursor += 1
      }
      guard unsafe cursor > first else { return nil }
      if isNegative { exponent = -exponent }
    }
    unsafe self.start = start
    unsafe end = cursor
    self.isNegative = isNegative
    mantissa = digits.mantissa
    self.exponent = exponent + digits.exponent
    isExact = digits.isExact
  }

  private struct Digits {
    var mantissa: UInt64 = 0
    var exponent = 0
    var isExact = true
    /// How many more digits find room, whatever they are.
    private var room = 19
    private var isFull = false

    /// Goes past all digits that are next.
    @inline(__always)
    mutating func append(from cursor: inout UnsafePointer<UInt8>, isFraction: Bool) {
      let start = unsafe cursor
      while room > 0, let digit = unsafe decimalDigit(cursor) {
        mantissa = mantissa &* 10 &+ UInt64(digit)
        room -= 1
        unsafe cursor += 1
      }
      if isFraction { exponent = unsafe start - cursor }
      if room == 0 { unsafe appendRest(from: &cursor, isFraction: isFraction) }
    }

    @inline(never)
    private mutating func appendRest(from cursor: inout UnsafePointer<UInt8>, isFraction: Bool) {
      while let digit = unsafe decimalDigit(cursor) {
        unsafe cursor += 1
        if !isFull {
          let (tens, isTooLarge) = mantissa.multipliedReportingOverflow(by: 10)
          let (sum, isStillTooLarge) = tens.addingReportingOverflow(UInt64(digit))
          if !isTooLarge, !isStillTooLarge {
            mantissa = sum
            if isFraction { exponent -= 1 }
            continue
          }
          isFull = true
        }
        if digit != 0 { isExact = false }
        if !isFraction { exponent += 1 }
      }
    }
  }

  /// The magnitude, if it is a whole number of 64 bits.
  private var magnitude: UInt64? {
    guard isExact else { return nil }
    if exponent == 0 || mantissa == 0 { return mantissa }
    guard -20...20 ~= exponent else { return nil }
    var magnitude = mantissa
    for _ in 0..<exponent.magnitude {
      if exponent > 0 {
        let (product, isTooLarge) = magnitude.multipliedReportingOverflow(by: 10)
        if isTooLarge { return nil }
        magnitude = product
      } else {
        let (quotient, remainder) = magnitude.quotientAndRemainder(dividingBy: 10)
        if remainder != 0 { return nil }
        magnitude = quotient
      }
    }
    return magnitude
  }

  /// The number, if it is a whole one from `-2^63` to `2^63 - 1`.
  var signedInteger: Int64? {
    guard let magnitude else { return nil }
    if !isNegative { return Int64(exactly: magnitude) }
    return magnitude <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
  }

  /// The number, if it is a whole one from 0 to `2^64 - 1`.
  var unsignedInteger: UInt64? {
    guard let magnitude, !isNegative || magnitude == 0 else { return nil }
    return magnitude
  }

  /// The nearest value; nil when the number is too large for any.
  var double: Double? {
    if let value = simpleDouble { return value }
    let value = Double(text)
    return value.flatMap { $0.isFinite ? $0 : nil }
  }

  /// The nearest value; nil when the number is too large for any.
  var float: Float? {
    // Rounding twice is right unless the first makes a value just between two others, or the second one that is subnormal.
    if let double = simpleDouble, double == 0 || double.magnitude >= Double(Float.leastNormalMagnitude),
      double.bitPattern & 0x1fff_ffff != 0x1000_0000
    {
      let value = Float(double)
      return value.isFinite ? value : nil
    }
    let value = Float(text)
    return value.flatMap { $0.isFinite ? $0 : nil }
  }

  /// The nearest double, where it takes one operation on numbers that are exact.
  private var simpleDouble: Double? {
    guard isExact, mantissa <= 1 << 53, -22...22 ~= exponent else { return nil }
    let value = Double(mantissa)
    let power = powersOfTen[Int(exponent.magnitude)]
    let magnitude = exponent < 0 ? value / power : value * power
    return isNegative ? -magnitude : magnitude
  }

  private var text: String {
    unsafe String(decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
  }
}

private let powersOfTen: [Double] = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
  1e20, 1e21,
  1e22,
]

@inline(__always)
private func decimalDigit(_ place: UnsafePointer<UInt8>) -> UInt8? {
  let digit = unsafe place.pointee &- UInt8(ascii: "0")
  return digit < 10 ? digit : nil
}
