internal import ConsoleProgram
internal import Foundation

/// The result of a load, as programs read it.
struct LoadReport: Codable, Sendable {
  var client = "thingrpc"
  var scenario: String
  var concurrency: Int
  var channels: Int
  var threads: Int
  var seconds: Double
  var calls: Int
  var msgs: Int
  var ops: Int
  var errors: Int
  var callsPerS: Double
  var msgsPerS: Double
  var opsPerS: Double
  var mbPerS: Double
  /// Bytes of the encoded messages that went up for an operation.
  var requestBytes: Double
  /// Bytes of the encoded messages that came down for an operation.
  var responseBytes: Double
  var p50Us: Double
  var p90Us: Double
  var p99Us: Double
  var p999Us: Double
  var maxUs: Double
  var cpuUsPerCall: Double
  var cpuUsPerOp: Double
  /// Empty where there was none.
  var firstError: String

  /// One line of JSON.
  var json: String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = .sortedKeys
    guard let data = try? encoder.encode(self) else { return "{}" }
    return String(decoding: data, as: UTF8.self)
  }

  /// A table for people.
  var table: String {
    func row(_ name: String, _ value: String) -> String {
      name.padding(toLength: 22, withPad: " ", startingAt: 0) + value
    }
    func number(_ value: Double) -> String { String(format: "%.1f", value) }
    var rows = [
      row(
        "scenario", "\(scenario), \(concurrency) at a time on \(channels) connection(s), \(threads) thread(s)"
      ),
      row("measured", "\(number(seconds)) s, \(ops) operations, \(errors) errors"),
      row("operations a second", number(opsPerS)),
      row("calls a second", number(callsPerS)),
      row("MB a second", number(mbPerS)),
      row("bytes an operation", "\(number(requestBytes)) up, \(number(responseBytes)) down"),
      row("CPU us an operation", String(format: "%.2f", cpuUsPerOp)),
      row("latency us", "p50 \(number(p50Us))  p90 \(number(p90Us))  p99 \(number(p99Us))"),
      row("", "p99.9 \(number(p999Us))  max \(number(maxUs))"),
    ]
    if !firstError.isEmpty { rows.append(row("first error", firstError.escapedForTerminal)) }
    return rows.joined(separator: "\n")
  }
}
