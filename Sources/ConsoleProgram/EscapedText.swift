extension String {
  /// The text as it is shown to people: on one line, with nothing in it that a terminal obeys or that shows it in another
  /// order. Such characters become escapes, `\n` or `\u{1B}`; letters, signs and emoji of all languages stay.
  ///
  /// Whatever comes from a server or a file goes through here on its way to people.
  package var escapedForTerminal: String {
    // Most text is plain ASCII, where nothing needs to be looked up.
    guard !utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return self }
    var escaped = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\n": escaped += "\\n"
      case "\r": escaped += "\\r"
      case "\t": escaped += "\\t"
      case _ where scalar.isObeyed:
        escaped += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// A JSON text that means the same and has escapes of JSON for these characters: terminals show JSON too, and many programs
  /// take more characters than JSON does for the end of a line.
  package var escapedInJSON: String {
    guard !utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return self }
    var escaped = ""
    for scalar in unicodeScalars {
      guard scalar.isObeyed else {
        escaped.unicodeScalars.append(scalar)
        continue
      }
      for unit in String(scalar).utf16 {
        let digits = String(unit, radix: 16)
        escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return escaped
  }

  /// The text as it is shown to people, filled up to a column.
  package func forTerminal(width: Int) -> String {
    let text = escapedForTerminal
    return text + String(repeating: " ", count: Swift.max(0, width - text.count))
  }
}

extension Unicode.Scalar {
  /// Whether a terminal acts on it instead of showing it: controls, line and paragraph ends, and what is invisible and
  /// changes the text around it, such as the marks of writing direction. The two joiners shape emoji and Persian words.
  fileprivate var isObeyed: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    case .format: self != "\u{200C}" && self != "\u{200D}"
    default: false
    }
  }
}
