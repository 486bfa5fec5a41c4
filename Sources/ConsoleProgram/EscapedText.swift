extension String {
  /// The text as it is shown to people: on one line, with nothing in it that a terminal obeys or that shows it in another
  /// order. Such characters become escapes, `\n` or `\u{1B}`, and a backslash becomes two, so that what is shown tells one text
  /// from every other; letters, signs and emoji of all languages stay.
  ///
  /// Whatever comes from a server or a file goes through here on its way to people, once.
  package var escapedForTerminal: String {
    // Most text is plain ASCII, where nothing needs to be looked up.
    guard !utf8.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\\") }) else { return self }
    return escaped { scalar in
      switch scalar {
      case "\n": "\\n"
      case "\r": "\\r"
      case "\t": "\\t"
      case "\\": "\\\\"
      case _ where scalar.isObeyed: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      default: nil
      }
    }
  }

  /// A JSON text that means the same and has escapes of JSON for these characters: terminals show JSON too, and many programs
  /// take more characters than JSON does for the end of a line.
  package var escapedInJSON: String {
    guard !utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return self }
    return escaped { scalar in
      guard scalar.isObeyed else { return nil }
      return String(scalar).utf16.map { unit in
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }.joined()
    }
  }

  /// The text with what `escape` returns in the place of characters; where it returns nil, they stay, and so do flags of parts
  /// of countries.
  private func escaped(_ escape: (Unicode.Scalar) -> String?) -> String {
    var escaped = ""
    var rest = unicodeScalars[...]
    while let scalar = rest.first {
      let flag = rest.prefix(rest.regionalFlagLength)
      escaped.unicodeScalars += flag
      rest = rest.dropFirst(max(flag.count, 1))
      if !flag.isEmpty { continue }
      if let escape = escape(scalar) {
        escaped += escape
      } else {
        escaped.unicodeScalars.append(scalar)
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

extension Substring.UnicodeScalarView {
  /// The length of the flag that the text begins with, such as that of Scotland; 0 where there is none. It is a black flag and
  /// invisible letters and digits, three to six, with an end mark (Unicode Technical Standard 51, "emoji tag sequence"). Anywhere else such
  /// letters hide a text, and an end mark does too.
  fileprivate var regionalFlagLength: Int {
    guard first == "\u{1F3F4}" else { return 0 }
    let tags = dropFirst().prefix {
      (0xE0030...0xE0039).contains($0.value) || (0xE0061...0xE007A).contains($0.value)
    }
    guard (3...6).contains(tags.count), dropFirst(1 + tags.count).first == "\u{E007F}" else { return 0 }
    return tags.count + 2
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
