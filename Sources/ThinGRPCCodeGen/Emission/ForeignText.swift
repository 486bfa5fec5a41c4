// Text of .proto files in Swift: there it is data, whatever it has in it.

/// `text` as a literal of Swift.
func stringLiteral(of text: String) -> String { "\"\(escapedText(text))\"" }

/// `text` as it stands in a literal of Swift.
func escapedText(_ text: String) -> String {
  var literal = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"", "\\": literal += "\\\(scalar)".unicodeScalars
    case "\n": literal += "\\n".unicodeScalars
    case "\r": literal += "\\r".unicodeScalars
    case "\t": literal += "\\t".unicodeScalars
    default: literal += (scalar.isUnseen ? scalar.escape : String(scalar)).unicodeScalars
    }
  }
  return String(literal)
}

/// The lines of `text` as they may stand behind the marker of a comment that ends with its line.
///
/// Whatever ends a line for anyone ends one here; what else cannot be seen is told by its number.
func commentLines(of text: String) -> [String] {
  var lines = [String.UnicodeScalarView()]
  var previous: Unicode.Scalar = " "
  for scalar in text.unicodeScalars {
    let isSecondHalf = previous == "\r" && scalar == "\n"
    previous = scalar
    if isSecondHalf { continue }
    if scalar.isLineEnd {
      lines.append(String.UnicodeScalarView())
    } else {
      let seen = scalar == "\t" || !scalar.isUnseen ? String(scalar) : scalar.escape
      lines[lines.count - 1] += seen.unicodeScalars
    }
  }
  return lines.map { String($0) }
}

/// `text` as it may stand within a line of a comment.
func commentText(of text: String) -> String { commentLines(of: text).joined(separator: " ") }

extension Unicode.Scalar {
  /// Line feed, vertical tab, form feed, carriage return, next line, and the separators of lines and paragraphs.
  fileprivate var isLineEnd: Bool {
    switch value {
    case 0x0a...0x0d, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }

  /// Controls, line ends and byte order marks, and what makes text run in another direction than it is written.
  fileprivate var isUnseen: Bool {
    switch value {
    case 0...0x1f, 0x7f...0x9f, 0x61c, 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfeff: true
    default: false
    }
  }

  /// The scalar as an escape of Swift.
  fileprivate var escape: String { "\\u{\(String(value, radix: 16))}" }
}
