// The texts of addresses: their percent-encoding, and how they are told in messages.

extension StringProtocol {
  /// The text without percent-encoding, by the core's rule: a percent sign that two hexadecimal digits do not follow stands for
  /// itself.
  func percentDecoded() throws(AddressProblem) -> String {
    var decoded: [UInt8] = []
    var rest = Array(utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2, let value = UInt8(hexadecimal: rest.prefix(2)) {
        rest.removeFirst(2)
        guard value >= 0x20, value != 0x7f else {
          throw AddressProblem("it has the control character U+\(Unicode.Scalar(value).hexadecimal)")
        }
        decoded.append(value)
      } else {
        decoded.append(byte)
      }
    }
    guard let text = String(validating: decoded, as: UTF8.self) else {
      throw AddressProblem("its percent-encoding is not of UTF-8 text")
    }
    return text
  }
}

extension String {
  /// The text with percent-encoding where the core would not take a character for itself.
  var percentEncoded: String {
    replacing("%", with: "%25").replacing("?", with: "%3F").replacing("#", with: "%23")
  }

  /// The text in quotation marks, escaped and not too long for a message.
  var quotedForMessage: String {
    let longest = 120
    let escaped = unicodeScalars.prefix(longest).map { $0.isInvisible ? "\\u{\($0.hexadecimal)}" : "\($0)" }
    return "'\(escaped.joined())\(unicodeScalars.count > longest ? "…" : "")'"
  }
}

extension Unicode.Scalar {
  /// Whether the character is none that can be read, and may change how others are shown.
  fileprivate var isInvisible: Bool {
    [.control, .format, .lineSeparator, .paragraphSeparator].contains(properties.generalCategory)
  }

  /// The number, in four digits or more.
  var hexadecimal: String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}

extension UInt8 {
  fileprivate init?(hexadecimal digits: ArraySlice<UInt8>) {
    // Digits alone: numbers in Swift may have a sign.
    guard digits.allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }) else { return nil }
    self.init(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}
