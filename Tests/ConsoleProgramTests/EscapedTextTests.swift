import ConsoleProgram
import Foundation
import Testing

@Suite struct EscapedTextTests {
  @Test("Letters, signs and emoji of all languages stay as they are")
  func kept() {
    for text in ["", "plain ASCII ~ /", "Zoë", "名前", "👩🏽‍🚀", "می‌خواهم", "e\u{301}", "\u{FFFD}", "\u{10FFFF}"] {
      #expect(text.escapedForTerminal == text)
    }
  }

  @Test("Every character that a terminal obeys becomes an escape, and the text stays on one line")
  func escaped() {
    var obeyed: [ClosedRange<UInt32>] = [0...0x1F, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069]
    obeyed += [
      0xAD...0xAD, 0x61C...0x61C, 0x200B...0x200B, 0x200E...0x200F, 0xFEFF...0xFEFF, 0xE0020...0xE007F,
    ]
    for scalar in obeyed.joined().compactMap(Unicode.Scalar.init) {
      let shown = "a\(scalar)b".escapedForTerminal
      #expect(shown.first == "a" && shown.last == "b" && shown.contains("\\"), "\(scalar.value)")
      #expect(shown.utf8.allSatisfy { (0x20..<0x7F).contains($0) }, "\(scalar.value)")
    }
    #expect("\r\n\t\u{1B}[31m\u{9B}\u{202E}".escapedForTerminal == #"\r\n\t\u{1B}[31m\u{9B}\u{202E}"#)
  }

  @Test("A text with backslashes is shown as no other text is")
  func backslashes() {
    let texts = [
      "\n", #"\n"#, #"\\n"#, "\\\n", "\u{1B}", #"\u{1B}"#, #"\\u{1B}"#, "é\\", #"é\\"#, #"C:\new"#,
    ]
    #expect(Set(texts.map(\.escapedForTerminal)).count == texts.count)
    #expect(#"C:\new é\n"#.escapedForTerminal == #"C:\\new é\\n"#)
    #expect(#"["a\\b\n"]"#.escapedInJSON == #"["a\\b\n"]"#)
  }

  @Test("The flags of parts of countries stay, and invisible letters anywhere else are shown")
  func flags() throws {
    func tags(_ text: String) -> String {
      String(String.UnicodeScalarView(text.unicodeScalars.compactMap { Unicode.Scalar($0.value + 0xE0000) }))
    }
    let (flag, end) = ("\u{1F3F4}", "\u{E007F}")
    for region in ["gbeng", "gbsct", "gbwls", "ustx", "fr75", "abc123"] {
      let text = "a \(flag)\(tags(region))\(end)\(flag)\(tags(region))\(end) b"
      #expect(text.escapedForTerminal == text && text.escapedInJSON == text, "\(region)")
    }
    #expect(flag.escapedForTerminal == flag && "🏴‍☠️".escapedForTerminal == "🏴‍☠️")
    let hidden = [
      "\(flag)\(tags("gbeng"))", "\(flag)\(tags("gb"))\(end)", "\(flag)\(tags("gbengxx"))\(end)",
      "\(flag)\(end)",
      "\(flag)\(tags("gb eng"))\(end)", "\(flag)\(tags("GBENG"))\(end)", "👍\(tags("gbeng"))\(end)",
      "\(tags("gbeng"))\(end)",
      "\(flag)x\(tags("gbeng"))\(end)", "\(flag)\(flag)\(tags("gb"))\u{1B}",
      "\(flag)\(tags("gbeng"))\(end)\(end)",
      "\(flag)\(tags("gbeng"))\(end)\(tags("x"))",
    ]
    for text in hidden {
      let shown = text.escapedForTerminal
      #expect(shown.contains("\\u{E00") && text.escapedInJSON.contains("\\udb40"))
    }
    #expect(hidden[0].escapedForTerminal == "\(flag)\\u{E0067}\\u{E0062}\\u{E0065}\\u{E006E}\\u{E0067}")
    #expect(hidden[10].escapedForTerminal == "\(flag)\(tags("gbeng"))\(end)\\u{E007F}")
  }

  @Test("JSON means the same, on a line that every program takes for one")
  func json() throws {
    let text = "a\"\u{7F}\u{85}\u{9B}\u{2028}\u{202E}\u{E0041}\u{FEFF}Zoë 👩🏽‍🚀"
    let json = String(decoding: try JSONEncoder().encode([text]), as: UTF8.self)
    let escaped = json.escapedInJSON
    #expect(escaped == #"["a\"\u007f\u0085\u009b\u2028\u202e\udb40\udc41\ufeffZoë 👩🏽‍🚀"]"#)
    #expect(try JSONDecoder().decode([String].self, from: Data(escaped.utf8)) == [text])
    #expect(#"{"a":"b"}"#.escapedInJSON == #"{"a":"b"}"#)
  }

  @Test("A column is filled by what is shown")
  func columns() {
    #expect("ab".forTerminal(width: 4) == "ab  ")
    #expect("a\n".forTerminal(width: 4) == "a\\n ")
    #expect("Zoë".forTerminal(width: 4) == "Zoë ")
    #expect("abcdef".forTerminal(width: 4) == "abcdef")
  }
}
