internal import CSQLiteLog
internal import Foundation
public import Logging

/// SQLite's own error log, which says what it found in a file and on which line of its code.
public enum SQLiteLog {
  /// Sends it to a logger, for as long as the process lives. To be called once, before any store is opened.
  ///
  /// What SQLite answers to a call anyway (constraints, locks, interruptions) is left out, and so is text that it may have
  /// taken from a damaged file.
  ///
  /// - Returns: whether SQLite took the logger; it does not once a database was opened.
  @discardableResult
  public static func forward(to logger: Logger) -> Bool {
    let descriptor = thin_sqlite_log_open()
    guard descriptor >= 0 else { return false }
    let thread = Thread {
      var line: [UInt8] = []
      while let byte = UInt8(exactly: thin_sqlite_log_next(descriptor)) {
        guard byte == UInt8(ascii: "\n") else {
          line.append(byte)
          continue
        }
        log(String(decoding: line, as: UTF8.self), to: logger)
        line.removeAll(keepingCapacity: true)
      }
    }
    thread.name = "sqlite-log"
    thread.start()
    return true
  }

  /// Logs a line of the form `CODE MESSAGE`.
  static func log(_ line: String, to logger: Logger) {
    let words = line.split(separator: " ", maxSplits: 1)
    guard words.count == 2, let code = Int32(words[0]), let level = level(of: code) else { return }
    logger.log(level: level, "SQLite: \(text(of: words[1], code: code))", metadata: ["code": "\(code)"])
  }

  /// How grave a result code is; nil for what is no more than an answer.
  private static func level(of code: Int32) -> Logger.Level? {
    switch code & 0xFF {
    case 5, 6, 9, 17, 19: nil  // BUSY, LOCKED, INTERRUPT, SCHEMA, CONSTRAINT
    case 8, 14: .debug  // READONLY, CANTOPEN: the store says what became of them
    case 27: .notice
    case 28: .warning
    default: .error
    }
  }

  /// SQL, names and text of a damaged schema stand in brackets or quotes.
  private static func text(of message: Substring, code: Int32) -> Substring {
    switch code & 0xFF {
    case 1, 11, 26: message.prefix { !#"(["'`"#.contains($0) }  // ERROR, CORRUPT, NOTADB
    default: message
    }
  }
}
