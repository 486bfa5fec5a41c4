import GoldenProtos
import Testing
import ThinGRPC
import ThinGRPCProtobuf

@Suite struct TextFormatStringTests {
  func text(_ literal: String) throws -> String {
    try Scalars(textFormatString: "string_value: \(literal)").stringValue
  }

  func data(_ literal: String) throws -> [UInt8] {
    try Scalars(textFormatString: "bytes_value: \(literal)").bytesValue
  }

  @Test("Strings that follow each other are one, whatever their quotes")
  func joining() throws {
    #expect(try text(#"'first' "second"  # and\#n'third'"#) == "firstsecondthird")
    #expect(try text(#"'"' "'" """#) == #""'"#)
    #expect(try data(#"'\300' '\200'"#) == [0xc0, 0x80])
    // A character may be in two strings.
    #expect(try text(#"'\xc3' '\xa9'"#) == "é")
  }

  @Test("All escapes")
  func escapes() throws {
    #expect(try data(#"'\a\b\f\n\r\t\v\?\\\'\"'"#) == [7, 8, 12, 10, 13, 9, 11, 63, 92, 39, 34])
    #expect(try data(#"'\0\7\12\101\377\1012'"#) == [0, 7, 10, 65, 255, 65, 50])
    #expect(try data(#"'\x0\x41\xfF\x414'"#) == [0, 65, 255, 65, 52])
    #expect(try text(#"'\u1234\U00010437\u0000'"#) == "\u{1234}\u{10437}\u{0}")
    #expect(try data(#"'\u00e9'"#) == Array("é".utf8))
  }

  @Test("What is not ASCII stands for itself")
  func unicode() throws {
    #expect(try text("'é漢😀\u{7f}\t'") == "é漢😀\u{7f}\t")
    #expect(try data("'é'") == Array("é".utf8))
  }

  @Test("Strings of every length around those that are kept inside their values")
  func lengths() throws {
    for length in [0, 1, 7, 8, 15, 16, 17, 63, 64, 65, 5_000] {
      let value = String(repeating: "a", count: length)
      #expect(try text("'\(value)'") == value)
      #expect(try data("'\(value)'") == Array(value.utf8))
    }
  }

  @Test(
    "Strings that are none",
    arguments: [
      "'a", "\"a'", "'a\nb'", "'\\'", "'\\\n'", "'", "a", "'\\q'", "'\\x'", "'\\xg'", "'\\400'", "'\\8'",
      "'\\u123'", "'\\u12G4'", "'\\U0001043'", "'\\U00110000'", "'\\ud800'", "'\\udc00'", "'\\ud801\\udc37'",
      "'\\U0000d801\\U0000dc37'", "'\u{0}'", "1", "'a' b",
    ])
  func malformed(literal: String) {
    #expect(throws: MessageCodingError.self) { try text(literal) }
    #expect(throws: MessageCodingError.self) { try data(literal) }
  }

  @Test(
    "Text must be UTF-8, bytes need not be",
    arguments: [#"'\300'"#, #"'\xc0'"#, #"'\355\240\200'"#, #"'a\xff'"#])
  func invalidText(literal: String) throws {
    #expect(throws: MessageCodingError("Line 1, column 15: The field string_value is not valid UTF-8")) {
      try text(literal)
    }
    _ = try data(literal)
  }
}
