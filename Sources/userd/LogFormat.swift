internal import ArgumentParser
internal import Foundation
internal import Logging

/// How the log is written to standard error.
enum LogFormat: String, CaseIterable, ExpressibleByArgument {
  /// A line that people read.
  case text
  /// One JSON object a line.
  case json

  func logger(label: String, level: Logger.Level) -> Logger {
    var logger =
      switch self {
      case .text: Logger(label: label) { StreamLogHandler.standardError(label: $0) }
      case .json: Logger(label: label) { JSONLogHandler(label: $0) }
      }
    logger.logLevel = level
    return logger
  }
}

/// Writes one JSON object a line: time, level, logger, message, and the metadata beside them.
struct JSONLogHandler: LogHandler {
  let label: String
  var logLevel = Logger.Level.info
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    // Strings always have an encoding; and there is nowhere to say that the log itself cannot be written.
    guard let line = try? line(for: event, at: Date()) else { return }
    try? FileHandle.standardError.write(contentsOf: line + Data("\n".utf8))
  }

  func line(for event: LogEvent, at time: Date) throws -> Data {
    var fields = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
    fields["time"] = time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    fields["level"] = event.level.rawValue
    fields["logger"] = label
    fields["message"] = event.message.description
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(fields)
  }
}
