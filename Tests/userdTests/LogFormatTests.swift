import Foundation
import Logging
import Testing

@testable import userd

@Suite struct LogFormatTests {
  @Test("A record of the JSON log is one line, with time, level and metadata")
  func json() throws {
    var handler = JSONLogHandler(label: "userd")
    handler[metadataKey: "code"] = "OK"
    let line = try handler.line(
      for: LogEvent(
        level: .debug, message: "two\nlines", metadata: ["peer": "ipv4:1"], source: nil, file: "",
        function: "",
        line: 0),
      at: Date(timeIntervalSince1970: 0))
    #expect(
      String(decoding: line, as: UTF8.self)
        == #"{"code":"OK","level":"debug","logger":"userd","message":"two\nlines","peer":"ipv4:1","#
        + #""time":"1970-01-01T00:00:00.000Z"}"#)
  }
}
