internal import ConsoleProgram
internal import Foundation

/// How the holding of idle streams went, as programs read it.
struct IdleReport: Codable, Sendable {
  var client = "thingrpc"
  var streams: Int
  var channels: Int
  var errors = 0
  /// Empty where there was none.
  var firstError = ""

  mutating func fail(_ error: String) {
    errors += 1
    if firstError.isEmpty { firstError = error }
  }

  /// One line of JSON.
  var json: String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = .sortedKeys
    guard let data = try? encoder.encode(self) else { return "{}" }
    return String(decoding: data, as: UTF8.self)
  }

  /// A line for people.
  var text: String {
    "held \(streams) streams on \(channels) connection(s), \(errors) errors"
      + (firstError.isEmpty ? "" : "\nfirst error: \(firstError.escapedForTerminal)")
  }
}
