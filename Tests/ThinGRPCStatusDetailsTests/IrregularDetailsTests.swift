import Testing
import ThinGRPC
import ThinGRPCProtobuf
import ThinGRPCStatusDetails
import ThinGRPCWellKnownTypes

@Suite("Details that are not as they should be")
struct IrregularDetailsTests {
  private func error(_ values: [[UInt8]]) -> RPCError {
    var metadata = Metadata()
    for value in values { metadata.add(value, forKey: StatusDetails.metadataKey) }
    return RPCError(.notFound, "gone", metadata: metadata)
  }

  private func status(_ code: StatusCode = .notFound) throws -> [UInt8] {
    let status = Status.with {
      $0.code = code.rawValue
      $0.message = "gone"
      $0.details = [.with { $0.typeURL = "a/b.C" }]
    }
    return try status.serializedBytes()
  }

  private func problem(of error: RPCError) -> StatusDetailsError? {
    do throws(StatusDetailsError) { _ = try StatusDetails(of: error) } catch { return error }
    return nil
  }

  @Test(
    "Bytes that are no status leave the error as it is, without details",
    arguments: [
      [0xFF], [0x1A], [0x1A, 0x7F, 0], [0x1A, 1, 0xFF], [0x0F], [UInt8](repeating: 0x80, count: 11),
      [0x1A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0x0B], [0x19, 0],
    ] as [[UInt8]])
  func garbage(bytes: [UInt8]) async throws {
    let thrown = error([bytes])
    for error in try await received(thrown) {
      #expect(error.code == .notFound && error.message == "gone")
      #expect(error.details.isEmpty)
      guard case .malformed? = problem(of: error) else {
        Issue.record("\(bytes) were read")
        continue
      }
    }
  }

  @Test("Details that state another code are another status's")
  func otherCode() throws {
    for code in [StatusCode.ok, .internalError, StatusCode(rawValue: -1), StatusCode(rawValue: .max)] {
      let error = error([try status(code)])
      #expect(problem(of: error) == .otherCode(code))
      #expect(error.details.isEmpty)
    }
    #expect(problem(of: error([try status()])) == nil)
  }

  @Test("Of several values none is read")
  func severalValues() async throws {
    let values = [try status(), try status()]
    for error in try await received(error(values)) {
      #expect(error.code == .notFound && error.message == "gone")
      #expect(problem(of: error) == .severalValues(2))
      #expect(error.details.isEmpty)
      #expect(error.metadata.values(forKey: StatusDetails.metadataKey).count == 2)
    }
  }

  @Test(
    "What is sent states the error's own code and message, whatever was changed since the details were made")
  func changedSince() async throws {
    struct Hiding: ServerInterceptor {
      func intercept(_ context: ServerContext, next: () async throws -> Void) async throws {
        do {
          try await next()
        } catch var error as RPCError {
          (error.code, error.message) = (StatusCode(rawValue: 300), "hidden")
          throw error
        }
      }
    }
    let details = [BadRequest(fields: ["email": "has no @"])]
    let thrown = RPCError(.internalError, String(repeating: "secret", count: 50), details: details)
    for error in try await received(thrown, interceptors: [Hiding()]) {
      let bytes = try #require(error.metadata[binary: StatusDetails.metadataKey])
      let status = try Status(serializedBytes: bytes)
      #expect(status.code == 300 && error.code.rawValue == 300)
      #expect(status.message == "hidden" && error.message == "hidden")
      #expect(!String(decoding: bytes, as: UTF8.self).contains("secret"))
      #expect(status.details == thrown.details.packed)
    }
  }

  @Test("Fields that this version does not know stay in what is sent")
  func unknownFields() async throws {
    let unknown: [UInt8] = [0x20, 5, 0x29, 1, 2, 3, 4, 5, 6, 7, 8, 0x35, 1, 2, 3, 4, 0x3A, 1, 65]
    for error in try await received(error([try status(.ok) + unknown])) {
      let bytes = try #require(error.metadata[binary: StatusDetails.metadataKey])
      #expect(bytes.suffix(unknown.count) == unknown[...])
      #expect(error.details.packed.map(\.typeURL) == ["a/b.C"])
    }
  }

  @Test("A detail that cannot be encoded is left out, and the message says so")
  func unencodable() throws {
    let incomplete = GoogleProtobuf.UninterpretedOption.with { $0.name = [.init()] }
    let error = RPCError(.aborted, "no", details: [incomplete, RequestInfo()])
    #expect(error.message.hasPrefix("no (a detail was left out: "))
    #expect(error.details.packed.map(\.messageTypeName) == ["google.rpc.RequestInfo"])
  }

  @Test("An illegal value of the key is left out like other illegal metadata")
  func text() async throws {
    let thrown = RPCError(.notFound, "gone", metadata: [StatusDetails.metadataKey: "text"])
    for error in try await received(thrown) {
      #expect(error.code == .notFound && error.message.contains("grpc-status-details-bin"))
      #expect(error.details.isEmpty)
    }
  }
}
