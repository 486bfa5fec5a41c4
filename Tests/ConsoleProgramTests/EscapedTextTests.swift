import ConsoleProgram
import Foundation
import Testing

@Suite struct EscapedTextTests {
  @Test("Letters, signs and emoji of all languages stay as they are")
  func kept() {
    for text in ["", "plain ASCII ~ \\", "Zoë", "名前", "👩🏽‍🚀", "می‌خواهم", "e\u{301}", "\u{FFFD}", "\u{10FFFF}"] {
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
