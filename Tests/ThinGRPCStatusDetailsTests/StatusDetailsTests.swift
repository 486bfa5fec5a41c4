import Testing
import ThinGRPC
import ThinGRPCProtobuf
import ThinGRPCStatusDetails
import ThinGRPCWellKnownTypes

@Suite("Details of a status")
struct StatusDetailsTests {
  private let everyKind: [any ProtobufMessage] = [
    BadRequest(fields: ["email": "has no @", "plan": "must be given"]),
    ErrorInfo.with {
      $0.reason = "EMAIL_MALFORMED"
      $0.domain = "users.example.com"
      $0.metadata = ["email": "ada"]
    },
    RetryInfo(after: .milliseconds(1500)),
    QuotaFailure.with { $0.violations = [.with { $0.subject = "project:7" }] },
    PreconditionFailure.with { $0.violations = [.with { $0.type = "TOS" }] },
    ResourceInfo.with { $0.resourceName = "users/7" },
    RequestInfo.with { $0.requestID = "42" },
    Help.with { $0.links = [.with { $0.url = "https://example.com/help" }] },
    LocalizedMessage.with {
      $0.locale = "de"
      $0.message = "Ungültige Adresse"
    },
    DebugInfo.with { $0.stackEntries = ["main"] },
    GoogleProtobuf.Struct(dictionaryLiteral: ("any", "message")),
  ]

  @Test("Details of every kind arrive as they were thrown, in their order, and are read by their types")
  func everyKindArrives() async throws {
    let thrown = RPCError(.invalidArgument, "ungültig", details: everyKind, metadata: ["x-other": "too"])
    for error in try await received(thrown) {
      #expect(error.code == .invalidArgument && error.message == "ungültig")
      #expect(error.metadata["x-other"] == "too")
      let details = try StatusDetails(of: error)
      #expect(details == error.details && details == thrown.details)
      #expect(details.packed.map(\.messageTypeName) == everyKind.map { type(of: $0).protoTypeName })
      #expect(details.badRequest?.fieldViolations.map(\.field) == ["email", "plan"])
      #expect(details.badRequest?.fieldViolations.first?.description == "has no @")
      #expect(details.errorInfo?.metadata == ["email": "ada"])
      #expect(details.retryInfo?.delay == .milliseconds(1500))
      #expect(details.quotaFailure?.violations.first?.subject == "project:7")
      #expect(details.preconditionFailure?.violations.first?.type == "TOS")
      #expect(details.resourceInfo?.resourceName == "users/7")
      #expect(details.requestInfo?.requestID == "42")
      #expect(details.help?.links.first?.url == "https://example.com/help")
      #expect(details.localizedMessage?.message == "Ungültige Adresse")
      #expect(details.debugInfo?.stackEntries == ["main"])
      #expect(details.first(GoogleProtobuf.Struct.self)?["any"]?.stringValue == "message")
      #expect(details.first(GoogleProtobuf.Timestamp.self) == nil)
    }
  }

  @Test("An error without details has none, and sends none")
  func none() async throws {
    for thrown in [RPCError(.notFound, "gone"), RPCError(.notFound, "gone", details: [])] {
      for error in try await received(thrown) {
        #expect(error.details.isEmpty && error.metadata.isEmpty)
        #expect(try StatusDetails(of: error).isEmpty)
      }
    }
  }

  @Test("Several details of a type keep their order, and one that is malformed hides no other")
  func severalOfAType() async throws {
    var error = RPCError(
      .aborted, "", details: ["en", "de"].map { locale in LocalizedMessage.with { $0.locale = locale } })
    error.details.packed.insert(
      .with {
        $0.typeURL = "type.googleapis.com/google.rpc.LocalizedMessage"
        $0.value = [0xFF]
      }, at: 0)
    for error in try await received(error) {
      #expect(error.details.packed.count == 3)
      #expect(error.details.localizedMessage?.locale == "en")
      #expect(error.details.all(LocalizedMessage.self).map(\.locale) == ["en", "de"])
    }
  }

  @Test("A message that is packed already is not packed again")
  func packedAlready() throws {
    let packed = try GoogleProtobuf.AnyMessage(packing: BadRequest(fields: ["a": "b"]))
    let error = RPCError(.invalidArgument, "", details: [packed])
    #expect(error.details.packed == [packed])
  }

  @Test("A wait that a server states is at least zero, whatever it states")
  func delays() {
    for (seconds, nanos, delay): (Int64, Int32, Duration) in [
      (2, 500_000_000, .milliseconds(2500)), (-1, 0, .zero), (.min, .min, .zero),
    ] {
      let info = RetryInfo.with {
        $0.retryDelay.seconds = seconds
        $0.retryDelay.nanos = nanos
      }
      #expect(info.delay == delay)
    }
    #expect(RetryInfo().delay == nil)
  }

  @Test("Details have a form in JSON")
  func json() throws {
    let error = RPCError(.invalidArgument, "bad", details: everyKind)
    let bytes = try #require(error.metadata[binary: StatusDetails.metadataKey])
    let options = JSONEncodingOptions(types: .statusDetails)
    let json = try Status(serializedBytes: bytes).jsonString(options: options)
    #expect(
      json.hasPrefix(
        #"{"code":3,"message":"bad","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest""#))
    #expect(json.contains(#""retryDelay":"1.500s""#))
  }
}
