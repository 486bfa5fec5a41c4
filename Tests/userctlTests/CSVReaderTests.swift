import Testing

@testable import userctl

@Suite struct CSVReaderTests {
  /// What the text reads as, in pieces of every size from 1 byte to all of it.
  private func read(_ text: String) throws -> [CSVReader.Record] {
    let bytes = Array(text.utf8)
    var whole: [CSVReader.Record]?
    for size in 1...max(1, bytes.count) {
      var reader = CSVReader()
      var records: [CSVReader.Record] = []
      var rest = bytes[...]
      while !rest.isEmpty {
        records += try reader.read(Array(rest.prefix(size)))
        rest = rest.dropFirst(size)
      }
      records += try reader.finish()
      #expect(whole == nil || whole == records, "in pieces of \(size) bytes")
      whole = records
    }
    return whole ?? []
  }

  @Test(
    "Fields, quotes, line ends and byte order marks are read as RFC 4180 says",
    arguments: [
      ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
      ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
      ("a,b\n1,2", [["a", "b"], ["1", "2"]]),
      ("\u{FEFF}a,b\n", [["a", "b"]]),
      ("\u{FEFF}\"a\",b\n", [["a", "b"]]),
      ("\"x,y\",\"say \"\"hi\"\"\"\n", [["x,y", "say \"hi\""]]),
      ("\"two\nlines\",\"and\r\nmore\"\r\n", [["two\nlines", "and\r\nmore"]]),
      ("a,,\n,,\n", [["a", "", ""], ["", "", ""]]),
      ("\n\r\na\n\n", [["a"]]),
      ("\"\"\n", [[""]]),
      ("\"\"", [[""]]),
      ("\"a\"\r\n\"b\"", [["a"], ["b"]]),
      ("a\"b\n", [["a\"b"]]),
      ("größe,名\n", [["größe", "名"]]),
      ("", []), ("\u{FEFF}", []), ("\n", []), (",", [["", ""]]),
    ] as [(String, [[String]])])
  func reads(text: String, fields: [[String]]) throws {
    #expect(try read(text).map(\.fields) == fields)
  }

  @Test("A record knows the line that it starts on, counting the lines inside fields")
  func lines() throws {
    #expect(try read("a\n\n\"x\ny\"\nb\n").map(\.line) == [1, 3, 5])
  }

  @Test(
    "What is not CSV is refused with its line",
    arguments: [("a\n\"open\nstill", 2), ("a\n\"x\"y\n", 2)])
  func refuses(text: String, line: Int) throws {
    var reader = CSVReader()
    let error = #expect(throws: CommandError.self) {
      _ = try reader.read(Array(text.utf8))
      _ = try reader.finish()
    }
    #expect(error?.exitCode == 65)
    #expect(error?.message.hasPrefix("line \(line): ") == true)
  }

  @Test("Invalid UTF-8 and endless records are refused, not kept")
  func bounds() throws {
    var latin = CSVReader()
    #expect(throws: CommandError.self) { try latin.read([0x61, 0xE9, 0x0A]) }
    var endless = CSVReader()
    #expect(throws: CommandError.self) { try endless.read(Array(repeating: 0, count: 100_000)) }
    var quoted = CSVReader()
    #expect(throws: CommandError.self) {
      for _ in 0..<100 { _ = try quoted.read(Array("\"a\n".utf8) + Array(repeating: 0x0A, count: 1_000)) }
    }
  }

  @Test("Lines are split at LF and CRLF, empty ones skipped, long ones refused")
  func lineReader() throws {
    var reader = LineReader()
    var lines = try reader.read(Array("one\r\n\ntw".utf8))
    lines += try reader.read(Array("o\nthree".utf8))
    lines += reader.finish()
    #expect(lines.map { String(decoding: $0.bytes, as: UTF8.self) } == ["one", "two", "three"])
    #expect(lines.map(\.number) == [1, 3, 4])
    #expect(throws: CommandError.self) { try reader.read(Array(repeating: 0x78, count: 70_000)) }
  }
}
