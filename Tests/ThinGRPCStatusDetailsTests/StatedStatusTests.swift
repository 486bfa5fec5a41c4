import Testing
import ThinGRPCProtobuf
import ThinGRPCStatusDetails
import ThinGRPCWellKnownTypes

@testable import ThinGRPC

@Suite("The status that details state")
struct StatedStatusTests {
  @Test("Of any bytes, those that are a status state the error's own, and the others stay as they are")
  func anyBytes() throws {
    let whole = RPCError(
      .internalError, "secret", details: [BadRequest(fields: ["a": "b"]), RetryInfo(after: .seconds(2))])
    let bytes = try #require(whole.metadata[binary: StatusDetails.metadataKey])
    var statuses = 0
    for round in 0..<20_000 {
      var changed = bytes
      for _ in 0..<(round % 4) { changed[.random(in: changed.indices)] = .random(in: 0...255) }
      if round % 3 == 0 { changed.removeLast(.random(in: 0..<changed.count)) }
      if round % 7 == 0 { changed += (0..<Int.random(in: 1...12)).map { _ in .random(in: 0...255) } }
      var error = RPCError(StatusCode(rawValue: .random(in: .min ... .max)), "ü")
      error.metadata[binary: StatusDetails.metadataKey] = changed
      let stating = error.statingItself
      let sent = try #require(stating.metadata[binary: StatusDetails.metadataKey])
      guard let status = try? Status(serializedBytes: sent) else { continue }
      statuses += 1
      #expect(status.code == error.code.rawValue && status.message == "ü", "\(changed)")
      if let given = try? Status(serializedBytes: changed), given.unknownFields == UnknownFields() {
        #expect(status.details == given.details && status.unknownFields == UnknownFields(), "\(changed)")
      }
    }
    #expect(statuses > 5_000)
  }
}
