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
    arguments: [
      ("a\n\"open\nstill", 2), ("a\n\"x\"y\n", 2), ("a\rb\n", 1), ("a\nb\0\n", 2), ("a\n\"b\0\"\n", 2),
    ])
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

  @Test("A byte order mark is skipped in any pieces, and that of another encoding refused")
  func marks() throws {
    func lines(_ bytes: [UInt8], piece: Int) throws -> [[UInt8]] {
      var reader = LineReader()
      var lines: [LineReader.Line] = []
      for start in stride(from: 0, to: bytes.count, by: piece) {
        lines += try reader.read(Array(bytes[start..<min(start + piece, bytes.count)]))
      }
      return try (lines + reader.finish()).map(\.bytes)
    }
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    for piece in 1...8 {
      #expect(try lines(mark + [0x61, 0x0A, 0x62], piece: piece) == [[0x61], [0x62]])
      #expect(try lines(mark, piece: piece) == [])
      // Only the first one, and only a whole one.
      #expect(try lines(mark + mark + [0x61], piece: piece) == [mark + [0x61]])
      #expect(try lines([0xEF, 0xBB, 0x61], piece: piece) == [[0xEF, 0xBB, 0x61]])
      #expect(try lines([0xEF], piece: piece) == [[0xEF]])
      #expect(try lines([0xFF], piece: piece) == [[0xFF]])
      for other: [UInt8] in [
        [0xFF, 0xFE], [0xFE, 0xFF], [0xFF, 0xFE, 0, 0], [0, 0, 0xFE, 0xFF, 0, 0, 0, 0x61],
      ] {
        #expect(throws: CommandError.self) { try lines(other, piece: piece) }
      }
    }
  }

  @Test("Lines are split at LF and CRLF, blank ones skipped, long ones refused")
  func lineReader() throws {
    var reader = LineReader()
    var lines = try reader.read(Array("one\r\n \t\r\ntw".utf8))
    lines += try reader.read(Array("o\nthree".utf8))
    lines += try reader.finish()
    #expect(lines.map { String(decoding: $0.bytes, as: UTF8.self) } == ["one", "two", "three"])
    #expect(lines.map(\.number) == [1, 3, 4])
    #expect(throws: CommandError.self) { try reader.read(Array(repeating: 0x78, count: 70_000)) }
  }
}
