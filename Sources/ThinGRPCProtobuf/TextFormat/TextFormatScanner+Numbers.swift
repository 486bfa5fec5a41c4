internal import ThinGRPC

extension TextFormatScanner {
  /// A number as it is written, without a sign.
  @safe struct NumberToken {
    enum Form { case decimal, hexadecimal, octal, floating }

    let form: Form
    /// The digits; of a floating number all but an `f` at its end.
    let digits: UnsafeBufferPointer<UInt8>

    /// The value of a whole number; nil when it is none, or one of more than 64 bits.
    var integer: UInt64? {
      let radix: UInt64
      switch form {
      case .decimal: radix = 10
      case .hexadecimal: radix = 16
      case .octal: radix = 8
      case .floating: return nil
      }
      var value: UInt64 = 0
      for index in unsafe digits.indices {
        guard let digit = unsafe digits[index].hexadecimalDigit else { return nil }
        let (product, isTooLarge) = value.multipliedReportingOverflow(by: radix)
        let (sum, isLarger) = product.addingReportingOverflow(UInt64(digit))
        if isTooLarge || isLarger { return nil }
        value = sum
      }
      return value
    }

    /// The digits of a floating or a decimal number as Swift wants them.
    var floatingText: String? {
      form == .hexadecimal || form == .octal ? nil : unsafe String(decoding: digits, as: UTF8.self)
    }
  }

  /// The next token if it is a number.
  mutating func number() throws(MessageCodingError) -> NumberToken? {
    guard byte().isDigit || isAt(".") && byte(ahead: 1).isDigit else { return nil }
    let token = try unsignedNumber()
    if byte().isLetter { throw failure("A number and a name need a space between them") }
    if isAt(".") { throw failure("A number cannot go on here") }
    skipBlanks()
    return token
  }

  private mutating func unsignedNumber() throws(MessageCodingError) -> NumberToken {
    if isAt("0"), byte(ahead: 1) | 0x20 == UInt8(ascii: "x") {
      position += 2
      let start = position
      while byte().hexadecimalDigit != nil { position += 1 }
      if position == start { throw failure("A hexadecimal digit is expected") }
      return token(.hexadecimal, from: start)
    }
    let start = position
    if isAt("0"), byte(ahead: 1).isDigit {
      while byte().isOctalDigit { position += 1 }
      if byte().isDigit { throw failure("A number that begins with 0 must be octal", at: start) }
      return token(.octal, from: start)
    }
    skipDigits()
    var form = NumberToken.Form.decimal
    if isAt(".") {
      form = .floating
      position += 1
      skipDigits()
    }
    if byte() | 0x20 == UInt8(ascii: "e") {
      form = .floating
      position += 1
      if isAt("+") || isAt("-") { position += 1 }
      if !byte().isDigit { throw failure("The digits of an exponent are expected") }
      skipDigits()
    }
    guard byte() | 0x20 == UInt8(ascii: "f") else { return token(form, from: start) }
    defer { position += 1 }
    return token(.floating, from: start)
  }

  private mutating func skipDigits() {
    while byte().isDigit { position += 1 }
  }

  private func token(_ form: NumberToken.Form, from start: Int) -> NumberToken {
    unsafe NumberToken(form: form, digits: UnsafeBufferPointer(rebasing: text[start..<position]))
  }
}
