import GoldenCollisions
import Testing
import ThinGRPC
import ThinGRPCProtobuf

/// What the names of Tests/ThinGRPCCodeGenTests/GoldenCollisions stand for.
@Suite struct CollisionTests {
  @Test("Enum values whose names meet keep their numbers, and so do the defaults that name them")
  func enumValues() throws {
    #expect([Unit.mb, .mb_1, .mb_2].map(\.rawValue) == [0, 1, 2])
    #expect(Size().unit.rawValue == 1 && Size().small.rawValue == 2)
    #expect([Unit.mb, .mb_1, .mb_2].map(\.description) == ["MB", "Mb", "mb"])
    let levels = [Level.low, .high, .high_2, .low_3, .low_minus1, .rawValueValue, ._Value]
    #expect(levels.map(\.rawValue) == [0, 1, 2, 3, -1, 6, 7])
    let unset = Levels()
    #expect(unset.ofHigh.rawValue == 2 && unset.ofLevelHigh.rawValue == 1 && unset.ofLow.rawValue == 3)
    #expect(unset.ofNegative.rawValue == -1 && unset.ofAlias.rawValue == 0)
    #expect(unset.ofRawValue.rawValue == 6 && unset.ofUnderscore.rawValue == 7)
  }

  @Test("Extensions whose names meet are different ones, of the types that the .proto file means")
  func extensions() throws {
    var message = Extended()
    message[Extended.aB_1] = 1
    message[Extended.aB_2] = "two"
    message[Scope.cD] = 3
    message[Scope.cD_4] = "four"
    message[Extended.aB] = 5
    message[Extended.detail].outside = 6
    #expect(
      try message.serializedBytes() == [
        8, 1, 18, 3, 116, 119, 111, 24, 3, 34, 4, 102, 111, 117, 114, 40, 5, 50, 2, 8, 6,
      ])
    #expect(message[Extended.detail] == GoldenCollisions.Detail.with { $0.outside = 6 })
    #expect(Extended.aB.number == 5 && Extended.aB_1.number == 1 && Extended.aB_2.number == 2)
  }

  @Test("A message with a field debug_description prints as a message")
  func debugDescription() {
    let crash = Crash.with {
      $0.code = 7
      $0.debugDescriptionField = "oh"
    }
    #expect("\(crash)".contains("7") && "\(crash)".contains("debug_description"))
    #expect(crash.debugDescription == "\(crash)")
  }

  @Test("What messages and enums can do is there beside fields and values of the same names")
  func members() throws {
    var members = Members.with {
      $0.jsonString = "j"
      $0.description = "d"
      $0.with = 1
      $0.has = true
      $0.kind = .hashValue
      $0.serializedBytesField = [7]
    }
    #expect(members.jsonString == "j" && members.description == "d" && members.has && members.with == 1)
    #expect(members.kind.rawValue == 2 && members.kind.protoName == "HASH_VALUE")
    #expect(Members.Kind.description.description == "DESCRIPTION" && Members.Kind.load.rawValue == 9)
    #expect(Members.protoTypeName == "collisions.Members" && members.protoTypeName.isEmpty)
    let json =
      #"{"jsonString":"j","description":"d","with":1,"has":true,"serializedBytes":"Bw==","kind":"HASH_VALUE"}"#
    #expect(try members.jsonString() == json)
    #expect(
      try Members(jsonString: json) == members && members.hashValue == Members(jsonString: json).hashValue)
    members[Members.jsonString] = 1
    try members.set(2, for: Members.debugDescription)
    try members.merge(serializedBytes: [0xb0, 6, 3])
    #expect(try members.value(of: Members.withExtension) == 3 && members.has(Members.jsonString))
    members.clear(Members.jsonString)
    #expect(!members.has(Members.jsonString) && members[Members.debugDescription] == 2)
    #expect(try Members(serializedBytes: members.serializedBytes()) == members)
    #expect("\(members)".contains("json_string: \"j\""))
  }

  @Test("Fields whose names meet each other's, or those of has and clear, are stored apart")
  func fields() throws {
    var fields = Fields.with {
      $0._Field = 1
      $0.___ = 2
      $0.___3 = 3
      $0.fooBar = "four"
      $0.fooBar_5 = "five"
      $0.hasFooBar_6 = false
      $0.fooBar_7 = 7
      $0.await = "ten"
      $0.read = true
      $0.modify = true
      $0.kinds = [.some]
      $0.values = [.none]
      $0.messages = [Fields.FieldsMessage()]
      $0.second = Fields._fieldsMessage()
      $0.outer.one = 9
    }
    #expect(fields.has_Field && fields.has___ && fields.has___3 && fields.hasFooBar && fields.hasFooBar_5)
    #expect(fields.hasHasFooBar_6 && fields.hasRead && fields.hasModify)
    #expect(fields.fooBar_oneof == .fooBar_7(7) && fields.newValue_oneof == .await("ten"))
    #expect(fields.outer.newValue_oneof == .one(9))
    #expect(try Fields(serializedBytes: fields.serializedBytes()) == fields)
    #expect(
      try fields.serializedBytes().prefix(20) == [
        8, 1, 16, 2, 24, 3, 34, 4, 102, 111, 117, 114, 42, 4, 102, 105, 118, 101, 48, 0,
      ])
    fields.newValue = 8
    fields.clearFooBar()
    fields.clear_Field()
    #expect(fields.fooBar_oneof == .newValue(8) && !fields.hasFooBar && !fields.has_Field)
    #expect(fields.fooBar_5 == "five" && fields.___ == 2)
  }

  @Test("A name in JSON may be empty, have spaces at its ends, and begin with an accent")
  func jsonNames() throws {
    let fields = Fields.with {
      $0.empty = "e"
      $0.entries = ["a": "b"]
      $0.accent = "c"
    }
    let json = #"{"":"e","  two  words":{"a":"b"},"\#u{301} \" \\(1)":"c"}"#
    #expect(try fields.jsonString() == json)
    #expect(try Fields(jsonString: json) == fields)
    #expect(try Fields(jsonString: #"{"empty":"e"}"#).empty == "e")
    // protoc's rule leaves nothing of an underscore.
    #expect(try Underscore.with { $0._Field = 1 }.jsonString() == #"{"":1}"#)
    #expect(try Underscore(jsonString: #"{"":2}"#)._Field == 2)
  }

  @Test("A service beside messages called as its client would be is served, called and mocked")
  func service() async throws {
    #expect(
      HealthServiceServiceMethods.all.map(\.path)
        == [
          "Request", "Requests", "Body", "Options", "Self", "Channel", "GetURL", "GetUrl",
        ].map { "/collisions.Health/\($0)" })
    let server = try Server(listeningOn: ["127.0.0.1:0"], credentials: .insecure, services: [Replies()])
    let channel = try Channel(to: server.addresses[0], credentials: .insecure)
    try await expectReplies(from: HealthServiceServiceClient(channel))
    await channel.shutdown()
    await server.shutdown()

    var mock = HealthServiceServiceMock()
    mock.onRequest = { request, _ in .with { $0.text = "request \(request.text)" } }
    mock.onRequests = { requests, _ in
      let texts = try await requests.all().map(\.text)
      return .with { $0.text = "requests \(texts.joined())" }
    }
    mock.onBody = { requests, _ in
      ResponseStream(requests.map { request in HealthClient.with { $0.text = "body \(request.text)" } })
    }
    mock.onOptions = { request, _ in
      ResponseStream([HealthClient.with { $0.text = "options \(request.text)" }])
    }
    mock.onSelfMethod = { _, _ in .with { $0.text = "self" } }
    mock.onChannelMethod = { _, _ in .with { $0.text = "channel" } }
    mock.onGetURL = { _, _ in .with { $0.text = "URL" } }
    mock.onGetURL_2 = { _, _ in .with { $0.text = "Url" } }
    try await expectReplies(from: mock)
  }

  private func expectReplies(from client: some HealthServiceServiceClientProtocol) async throws {
    let request = HealthService.with { $0.text = "a" }
    #expect(try await client.request(request).text == "request a")
    #expect(try await client.requests { try await $0.write(request) }.text == "requests a")
    let body = try await client.body { requests, responses in
      try await requests.write(request)
      return try await responses.next()?.text
    }
    #expect(body == "body a")
    for try await reply in client.options(request) { #expect(reply.text == "options a") }
    #expect(try await client.selfMethod(request).text == "self")
    #expect(try await client.channelMethod(request).text == "channel")
    #expect(try await client.getURL(request).text == "URL")
    #expect(try await client.getURL_2(request).text == "Url")
  }
}

private struct Replies: HealthServiceService {
  private func reply(_ text: String) -> HealthClient { .with { $0.text = text } }

  func request(_ request: HealthService, context: ServerContext) async throws -> HealthClient {
    reply("request \(request.text)")
  }

  func requests(_ requests: RequestStream<HealthService>, context: ServerContext) async throws -> HealthClient
  {
    var text = "requests "
    for try await request in requests { text += request.text }
    return reply(text)
  }

  func body(
    _ requests: RequestStream<HealthService>, to responses: ResponseWriter<HealthClient>,
    context: ServerContext
  ) async throws {
    for try await request in requests { try await responses.write(reply("body \(request.text)")) }
  }

  func options(
    _ request: HealthService, to responses: ResponseWriter<HealthClient>, context: ServerContext
  ) async throws {
    try await responses.write(reply("options \(request.text)"))
  }

  func selfMethod(_ request: HealthService, context: ServerContext) async throws -> HealthClient {
    reply("self")
  }

  func channelMethod(_ request: HealthService, context: ServerContext) async throws -> HealthClient {
    reply("channel")
  }

  func getURL(_ request: HealthService, context: ServerContext) async throws -> HealthClient { reply("URL") }

  func getURL_2(_ request: HealthService, context: ServerContext) async throws -> HealthClient {
    reply("Url")
  }
}
