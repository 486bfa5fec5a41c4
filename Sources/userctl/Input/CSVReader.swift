/// Reads records of comma-separated values (RFC 4180) out of bytes that arrive in pieces.
///
/// Fields may be quoted; a quoted field may contain commas, line ends and doubled quotes. Lines end with LF or CRLF;
/// empty lines are skipped, and so is a byte order mark at the start.
struct CSVReader {
  struct Record: Hashable {
    /// The line on which the record starts, from 1.
    let line: Int
    let fields: [String]
  }

  private enum State {
    case fieldStart, unquoted, quoted
    /// After a quote inside a quoted field: its end, or the first of two.
    case quoteSeen
  }

  /// The longest record, in bytes, so that a file that is no CSV cannot fill the memory.
  static let recordLimit = 64 * 1024

  private var start = InputStart()
  private var state = State.fieldStart
  private var field: [UInt8] = []
  private var fields: [String] = []
  private var recordSize = 0
  private var line = 1
  private var recordLine = 1

  /// Takes up the next bytes and returns the records that they complete.
  ///
  /// - Throws: `CommandError` where the input is not CSV, naming the line.
  mutating func read(_ bytes: [UInt8]) throws(CommandError) -> [Record] {
    try scan(try start.read(bytes))
  }

  /// Returns the last record, where no line end follows it.
  mutating func finish() throws(CommandError) -> [Record] {
    var records = try scan(start.finish())
    if state == .quoted { throw .malformed("line \(recordLine): a quoted field is not closed") }
    if recordSize > 0 { records += try endRecord() }
    return records
  }

  private mutating func scan(_ bytes: [UInt8]) throws(CommandError) -> [Record] {
    var records: [Record] = []
    for byte in bytes {
      recordSize += 1
      guard recordSize <= Self.recordLimit else {
        throw .malformed(
          "line \(recordLine): a record is longer than \(Self.recordLimit) bytes"
            + (state == .quoted ? "; is a quoted field not closed?" : ""))
      }
      if byte == UInt8(ascii: "\n") {
        line += 1
        if state != .quoted {
          records += try endRecord()
          continue
        }
      }
      try take(byte)
    }
    return records
  }

  private mutating func take(_ byte: UInt8) throws(CommandError) {
    switch (state, byte) {
    case (.fieldStart, UInt8(ascii: "\"")): state = .quoted
    case (.quoted, UInt8(ascii: "\"")): state = .quoteSeen
    case (.quoted, _): field.append(byte)
    case (.quoteSeen, UInt8(ascii: "\"")):
      field.append(byte)
      state = .quoted
    case (_, UInt8(ascii: ",")): try endField()
    case (.quoteSeen, UInt8(ascii: "\r")): break
    case (.quoteSeen, _): throw .malformed("line \(line): text follows a closing quote")
    case (_, _):
      field.append(byte)
      state = .unquoted
    }
  }

  private mutating func endField() throws(CommandError) {
    guard let text = String(validating: field, as: UTF8.self) else {
      throw .malformed("line \(recordLine): the text is not UTF-8")
    }
    guard !field.contains(0) else {
      throw .malformed("line \(recordLine): the text has a NUL character; is the file UTF-16?")
    }
    if state == .unquoted, field.contains(UInt8(ascii: "\r")) {
      throw .malformed("line \(recordLine): a carriage return stands alone; lines end with LF or CRLF")
    }
    fields.append(text)
    field.removeAll(keepingCapacity: true)
    state = .fieldStart
  }

  /// Ends a record; there is none on an empty line.
  private mutating func endRecord() throws(CommandError) -> [Record] {
    if state == .unquoted, field.last == UInt8(ascii: "\r") { field.removeLast() }
    let isEmptyLine = fields.isEmpty && field.isEmpty && state != .quoteSeen
    if isEmptyLine { state = .fieldStart } else { try endField() }
    let record = Record(line: recordLine, fields: fields)
    fields = []
    recordSize = 0
    recordLine = line
    return isEmptyLine ? [] : [record]
  }
}
