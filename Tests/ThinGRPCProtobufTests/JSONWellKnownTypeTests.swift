import GoldenProtos
import Testing
import ThinGRPC
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes

@Suite struct JSONWellKnownTypeTests {
  @Test(
    "Times are written in UTC, with as many digits as are needed",
    arguments: [
      (0, 0, "1970-01-01T00:00:00Z"), (-1, 999_999_999, "1969-12-31T23:59:59.999999999Z"),
      (951_782_400, 10_000_000, "2000-02-29T00:00:00.010Z"), (-62_135_596_800, 0, "0001-01-01T00:00:00Z"),
      (253_402_300_799, 1000, "9999-12-31T23:59:59.000001Z"), (-2_203_891_200, 0, "1900-03-01T00:00:00Z"),
      (1_709_164_800, 0, "2024-02-29T00:00:00Z"), (1_735_689_599, 0, "2024-12-31T23:59:59Z"),
    ] as [(Int64, Int32, String)])
  func times(seconds: Int64, nanos: Int32, text: String) throws {
    let time = GoogleProtobuf.Timestamp.with {
      $0.seconds = seconds
      $0.nanos = nanos
    }
    #expect(try time.jsonString() == "\"\(text)\"")
    #expect(try GoogleProtobuf.Timestamp(jsonString: "\"\(text)\"") == time)
  }

  @Test("Every day of some centuries comes back as it was")
  func days() throws {
    for day in stride(from: Int64(-200_000), to: 200_000, by: 13) {
      let time = GoogleProtobuf.Timestamp.with { $0.seconds = day * 86_400 + 86_399 }
      #expect(try GoogleProtobuf.Timestamp(jsonString: time.jsonString()) == time)
    }
  }

  @Test("A time may be given with an offset, as long as it is of the years 1 to 9999")
  func offsets() throws {
    #expect(try GoogleProtobuf.Timestamp(jsonString: #""1970-01-01T05:30:00.5+05:30""#).nanos == 500_000_000)
    #expect(try GoogleProtobuf.Timestamp(jsonString: #""1970-01-01T05:30:00+05:30""#).seconds == 0)
    #expect(try GoogleProtobuf.Timestamp(jsonString: #""1969-12-31T16:00:00-08:00""#).seconds == 0)
    for text in [
      "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "1970-01-01T00:00:00", "1970-01-01t00:00:00Z",
      "1970-01-01T00:00:00z", "1970-01-01 00:00:00Z", "1970-13-01T00:00:00Z", "1970-02-29T00:00:00Z",
      "1970-01-00T00:00:00Z",
      "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z", "1970-01-01T00:00:60Z", "1970-01-01T00:00:00.Z",
      "1970-01-01T00:00:00.0123456789Z", "1970-1-1T00:00:00Z", "1970-01-01T00:00:00+0100", "",
      " 1970-01-01T00:00:00Z",
      "1900-02-29T00:00:00Z", "1970-01-01T00:00:00ZZ",
    ] {
      #expect(throws: MessageCodingError.self) { try GoogleProtobuf.Timestamp(jsonString: "\"\(text)\"") }
    }
    #expect(throws: MessageCodingError.self) { try GoogleProtobuf.Timestamp(jsonString: "0") }
  }

  @Test(
    "Durations are seconds with an s",
    arguments: [
      (0, 0, "0s"), (1, 500_000_000, "1.500s"), (-1, -1, "-1.000000001s"), (0, -1_000, "-0.000001s"),
      (315_576_000_000, 999_999_999, "315576000000.999999999s"),
    ] as [(Int64, Int32, String)])
  func durations(seconds: Int64, nanos: Int32, text: String) throws {
    let duration = GoogleProtobuf.Duration.with {
      $0.seconds = seconds
      $0.nanos = nanos
    }
    #expect(try duration.jsonString() == "\"\(text)\"")
    #expect(try GoogleProtobuf.Duration(jsonString: "\"\(text)\"") == duration)
  }

  @Test("What is no duration, or no time, is neither read nor written")
  func outOfRange() {
    for text in [
      "1", "s", ".5s", "1.s", "+1s", "1.0123456789s", "315576000001s", "99999999999999999999s", "1s ", "--1s",
      "1 s",
    ] {
      #expect(throws: MessageCodingError.self) { try GoogleProtobuf.Duration(jsonString: "\"\(text)\"") }
    }
    let durations: [(Int64, Int32)] = [
      (1, -1), (-1, 1), (315_576_000_001, 0), (.min, 0), (0, 1_000_000_000), (0, .min),
    ]
    for (seconds, nanos) in durations {
      #expect(throws: MessageCodingError.self) {
        try GoogleProtobuf.Duration.with {
          $0.seconds = seconds
          $0.nanos = nanos
        }.jsonString()
      }
    }
    let times: [(Int64, Int32)] = [(0, -1), (0, 1_000_000_000), (253_402_300_800, 0), (.max, 0), (.min, 0)]
    for (seconds, nanos) in times {
      #expect(throws: MessageCodingError.self) {
        try GoogleProtobuf.Timestamp.with {
          $0.seconds = seconds
          $0.nanos = nanos
        }.jsonString()
      }
    }
  }

  @Test("The paths of a field mask are in lowerCamelCase, and refused where that is no way back")
  func fieldMasks() throws {
    let mask = GoogleProtobuf.FieldMask.with { $0.paths = ["user.display_name", "photo", "a1"] }
    #expect(try mask.jsonString() == #""user.displayName,photo,a1""#)
    #expect(try GoogleProtobuf.FieldMask(jsonString: mask.jsonString()) == mask)
    #expect(try GoogleProtobuf.FieldMask(jsonString: "\"\"") == GoogleProtobuf.FieldMask())
    for path in ["fooBar", "foo_3", "foo__bar", "foo_", "", "a,b", "é", "a b"] {
      #expect(throws: MessageCodingError.self) {
        try GoogleProtobuf.FieldMask.with { $0.paths = [path] }.jsonString()
      }
    }
    for text in ["foo_bar", "foo,", ",", "a b"] {
      #expect(throws: MessageCodingError.self) { try GoogleProtobuf.FieldMask(jsonString: "\"\(text)\"") }
    }
  }

  @Test("Wrappers are their value; null leaves the field unset")
  func wrappers() throws {
    let order = Order.with {
      $0.nickname = GoogleProtobuf.StringValue()
      $0.count = .with { $0.value = 5 }
    }
    #expect(try order.jsonString() == #"{"nickname":"","count":"5"}"#)
    #expect(try Order(jsonString: order.jsonString()) == order)
    #expect(try Order(jsonString: #"{"nickname":null}"#) == Order())
    #expect(throws: MessageCodingError.self) { try GoogleProtobuf.StringValue(jsonString: "null") }
    #expect(throws: MessageCodingError.self) { try GoogleProtobuf.Int32Value(jsonString: #"{"value":1}"#) }
  }

  @Test("A struct, a list and a value are JSON as it stands")
  func structures() throws {
    let json = #"[null,-1.5,"a",true,[],{},{"a":[{"b":null}]}]"#
    let value = try GoogleProtobuf.Value(jsonString: json)
    #expect(value.listValue.values.count == 7)
    #expect(value.listValue.values[0].kind == .nullValue(.nullValue))
    #expect(value.listValue.values[1].numberValue == -1.5)
    #expect(value.listValue.values[6].structValue.fields["a"]?.listValue.values.count == 1)
    #expect(try value.jsonString() == json)
    #expect(try GoogleProtobuf.ListValue(jsonString: json).jsonString() == json)
    #expect(try GoogleProtobuf.Struct(jsonString: #"{"a":1}"#).jsonString() == #"{"a":1}"#)
    #expect(try GoogleProtobuf.Value(jsonString: "null").kind == .nullValue(.nullValue))
    for text in ["", "nan", "[", "[1,]", "{\"a\"}", "1e999"] {
      #expect(throws: MessageCodingError.self) { try GoogleProtobuf.Value(jsonString: text) }
    }
    for wrong in [
      GoogleProtobuf.Value(), .with { $0.numberValue = .nan }, .with { $0.numberValue = .infinity },
    ] {
      #expect(throws: MessageCodingError.self) { try wrong.jsonString() }
    }
  }
}

@Suite struct JSONAnyTests {
  private static let types = TypeRegistry.wellKnownTypes.adding([Leaf.self, Maps.self])

  private func any(_ message: some ProtobufMessage) throws -> GoogleProtobuf.AnyMessage {
    let bytes = try message.serializedBytes()
    return .with {
      $0.typeURL = "type.googleapis.com/" + type(of: message).protoTypeName
      $0.value = bytes
    }
  }

  private func expect(_ order: Order, _ json: String) throws {
    #expect(try order.jsonString(options: JSONEncodingOptions(types: Self.types)) == json)
    #expect(try Order(jsonString: json, options: JSONDecodingOptions(types: Self.types)) == order)
  }

  @Test("An Any has the fields of its message beside its type")
  func message() throws {
    let leaf = Leaf.with {
      $0.name = "a"
      $0.size = 1
    }
    try expect(
      .with { $0.detail = try any(leaf) },
      #"{"detail":{"@type":"type.googleapis.com/golden.Leaf","name":"a","size":1}}"#)
    let elsewhere = #"{"detail":{"name":"a","@ty\u0070e":"type.googleapis.com/golden.Leaf","size":1}}"#
    let order = try Order(jsonString: elsewhere, options: JSONDecodingOptions(types: Self.types))
    #expect(try order.detail == any(leaf))
  }

  @Test("An Any of a type with a form of its own has it as its value; another Any too")
  func wellKnown() throws {
    let duration = GoogleProtobuf.Duration.with { $0.seconds = 1 }
    try expect(
      .with { $0.detail = try any(duration) },
      #"{"detail":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}}"#)
    try expect(
      .with { $0.detail = try any(any(duration)) },
      #"{"detail":{"@type":"type.googleapis.com/google.protobuf.Any","value":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}}}"#
    )
    try expect(
      .with { $0.detail = try any(GoogleProtobuf.Value.with { $0.nullValue = .nullValue }) },
      #"{"detail":{"@type":"type.googleapis.com/google.protobuf.Value","value":null}}"#)
    try expect(
      .with { $0.detail = try any(GoogleProtobuf.Empty()) },
      #"{"detail":{"@type":"type.googleapis.com/google.protobuf.Empty"}}"#)
    try expect(.with { $0.detail = GoogleProtobuf.AnyMessage() }, #"{"detail":{}}"#)
  }

  @Test(
    "An Any without a type that is known, or with more or less than its type has, is refused",
    arguments: [
      #"{"name":"a"}"#, #"{"@type":"type.googleapis.com/golden.Other"}"#, #"{"@type":"golden.Leaf"}"#,
      #"{"@type":1}"#,
      #"{"@type":"/golden.Leaf","@type":"/golden.Leaf"}"#, #"{"@type":"/golden.Leaf","value":{}}"#,
      #"{"@type":"/google.protobuf.Duration"}"#,
      #"{"@type":"/google.protobuf.Duration","value":"1s","value":"1s"}"#,
      #"{"@type":"/google.protobuf.Duration","seconds":1}"#, #"{"@type":"/golden.Leaf","name":1}"#, #"[]"#,
      #""""#,
    ])
  func refused(json: String) {
    #expect(throws: MessageCodingError.self) {
      try GoogleProtobuf.AnyMessage(jsonString: json, options: JSONDecodingOptions(types: Self.types))
    }
  }

  @Test("An Any that is not its type's message, or of no type that is known, is not written")
  func notWritten() {
    let options = JSONEncodingOptions(types: Self.types)
    for (url, bytes) in [
      ("/golden.Leaf", [0x0a]), ("/golden.Leaf", [0x0a, 1, 0xff]), ("/golden.Tree", []), ("", [1]),
    ]
      as [(String, [UInt8])]
    {
      let message = GoogleProtobuf.AnyMessage.with {
        $0.typeURL = url
        $0.value = bytes
      }
      #expect(throws: MessageCodingError.self) { try message.jsonString(options: options) }
    }
  }

  @Test("Each Any within another counts as a level, when it is read and when it is written")
  func depth() throws {
    var message = GoogleProtobuf.AnyMessage()
    for _ in 0..<99 { message = try any(message) }
    let writing = JSONEncodingOptions(types: Self.types)
    let reading = JSONDecodingOptions(types: Self.types)
    #expect(
      try GoogleProtobuf.AnyMessage(jsonString: message.jsonString(options: writing), options: reading)
        == message)
    let deeper = try any(message)
    #expect(throws: MessageCodingError.self) { try deeper.jsonString(options: writing) }
    let json =
      String(repeating: #"{"@type":"/google.protobuf.Any","value":"#, count: 100) + "{}"
      + String(repeating: "}", count: 100)
    #expect(throws: MessageCodingError.self) {
      try GoogleProtobuf.AnyMessage(jsonString: json, options: reading)
    }
  }

  @Test("A registry finds types by their names and by the end of a URL")
  func registry() {
    let types = TypeRegistry([Leaf.self]).adding([Tree.self])
    #expect(types.type(named: "golden.Leaf") == Leaf.self)
    #expect(types.type(forURL: "example.com/a/b/golden.Tree") == Tree.self)
    #expect(types.type(forURL: "golden.Tree") == nil)
    #expect(types.type(named: "golden.Maps") == nil)
  }
}
