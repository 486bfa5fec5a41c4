internal import Foundation

/// The result of a load, as programs read it: the same keys as every other load client of the benchmark has.
public struct LoadReport: Encodable, Sendable {
  var client: String
  var scenario: String
  var concurrency: Int
  var channels: Int
  var threads: Int
  var seconds: Double
  var calls: Int
  var msgs: Int
  var ops: Int
  public var errors: Int
  var callsPerS: Double
  var msgsPerS: Double
  var opsPerS: Double
  var mbPerS: Double
  var p50Us: Double
  var p90Us: Double
  var p99Us: Double
  var p999Us: Double
  var maxUs: Double
  var cpuUsPerCall: Double
  var cpuUsPerOp: Double
  /// Bytes for an operation: of the messages or bodies, and with all headers where the client can see them.
  var requestBytes: Double
  var responseBytes: Double
  var requestWireBytes: Double?
  var responseWireBytes: Double?
  /// Empty where there was none.
  var firstError: String

  public init(
    client: String, scenario: String, concurrency: Int, channels: Int, threads: Int, total: Measurement,
    window: MeasuredWindow, processorSeconds: Double
  ) {
    let seconds = (window.end - window.begin) / .seconds(1)
    func processorMicroseconds(of count: Double) -> Double {
      count == 0 ? 0 : processorSeconds * 1_000_000 / count
    }
    func ofOperation(_ bytes: Double) -> Double { total.operations == 0 ? 0 : bytes / total.operations }
    self.client = client
    self.scenario = scenario
    self.concurrency = concurrency
    self.channels = channels
    self.threads = threads
    self.seconds = seconds
    calls = Int(total.calls.rounded())
    msgs = Int(total.messages.rounded())
    ops = Int(total.operations.rounded())
    errors = total.errors
    callsPerS = total.calls / seconds
    msgsPerS = total.messages / seconds
    opsPerS = total.operations / seconds
    mbPerS = (total.bytes.request + total.bytes.response) / seconds / 1_000_000
    p50Us = total.latency(percentile: 50)
    p90Us = total.latency(percentile: 90)
    p99Us = total.latency(percentile: 99)
    p999Us = total.latency(percentile: 99.9)
    maxUs = total.longestLatency
    cpuUsPerCall = processorMicroseconds(of: total.calls)
    cpuUsPerOp = processorMicroseconds(of: total.operations)
    requestBytes = ofOperation(total.bytes.request)
    responseBytes = ofOperation(total.bytes.response)
    if total.bytes.responseWire > 0 {
      requestWireBytes = ofOperation(total.bytes.requestWire)
      responseWireBytes = ofOperation(total.bytes.responseWire)
    }
    firstError = total.firstError ?? ""
    if errors == 0, ops == 0 {
      // A run that measured nothing is no success.
      errors = 1
      firstError = "no operation ended in the measured window"
    }
  }

  /// One line of JSON.
  public var json: String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = .sortedKeys
    guard let data = try? encoder.encode(self) else { return "{}" }
    return String(decoding: data, as: UTF8.self)
  }

  /// A few lines for people.
  public var table: String {
    func number(_ value: Double) -> String { String(format: "%.1f", value) }
    var rows = [
      "\(client), \(scenario), \(concurrency) at a time on \(channels) connection(s): \(ops) operations, \(errors) errors",
      "\(number(opsPerS)) operations/s, \(number(mbPerS)) MB/s, \(number(cpuUsPerOp)) us of CPU an operation",
      "latency us: p50 \(number(p50Us))  p90 \(number(p90Us))  p99 \(number(p99Us))  max \(number(maxUs))",
      "bytes an operation: \(number(requestBytes)) up, \(number(responseBytes)) down",
    ]
    if !firstError.isEmpty { rows.append("first error: \(firstError)") }
    return rows.joined(separator: "\n")
  }
}
