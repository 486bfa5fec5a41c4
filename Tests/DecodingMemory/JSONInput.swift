import GoldenProtos
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes

extension HostileInput {
  private static let types = TypeRegistry.wellKnownTypes.adding(
    [Tree.self], extensions: [Open.tags])

  /// Of a message in JSON.
  private static func json<Message: ProtobufMessage>(
    _ name: String, _ type: Message.Type, _ piece: String, from beginning: String, to end: String
  ) -> HostileInput {
    HostileInput(name: "json-\(name)", bytes: { repeated(piece, from: beginning, to: end, $0) }) {
      try Message(jsonBytes: $0, options: JSONDecodingOptions(types: types))
    }
  }

  static let json: [HostileInput] = [
    json("messages-empty", Tree.self, "{},", from: #"{"others":["#, to: "{}]}"),
    json("messages-99-deep", Tree.self, deep(97) + ",", from: #"{"others":["#, to: "{}]}"),
    json("map-key-again-and-again", Maps.self, #""":"","#, from: #"{"labels":{"#, to: #""":""}}"#),
    HostileInput(
      name: "json-map-keys",
      bytes: { count in
        numbered(from: #"{"numbers":{"#, to: #""-1":0}}"#, count) { Array("\"\($0)\":0,".utf8) }
      }
    ) { try Maps(jsonBytes: $0) },
    json("numbers", RepeatedScalars.self, "1,", from: #"{"int64Values":["#, to: "1]}"),
    json("truth-values", RepeatedScalars.self, "true,", from: #"{"boolValues":["#, to: "true]}"),
    json("strings-empty", RepeatedScalars.self, #""","#, from: #"{"stringValues":["#, to: #"""]}"#),
    json("bytes-empty", RepeatedScalars.self, #""","#, from: #"{"bytesValues":["#, to: #"""]}"#),
    json("string-of-escapes", Scalars.self, #"\n"#, from: #"{"stringValue":""#, to: #""}"#),
    json("string-of-characters", Scalars.self, #"\u00e4"#, from: #"{"stringValue":""#, to: #""}"#),
    json("base64", Scalars.self, "QUJD", from: #"{"bytesValue":""#, to: #""}"#),
    json("digits", Scalars.self, "9", from: #"{"doubleValue":0."#, to: "}"),
    json("values-null", GoogleProtobuf.ListValue.self, "null,", from: "[", to: "null]"),
    json("values-of-a-digit", GoogleProtobuf.ListValue.self, "1,", from: "[", to: "1]"),
    json("values-empty-lists", GoogleProtobuf.ListValue.self, "[],", from: "[", to: "1]"),
    json("values-empty-objects", GoogleProtobuf.ListValue.self, "{},", from: "[", to: "1]"),
    json("values-49-deep", GoogleProtobuf.Value.self, deepLists(48) + ",", from: "[", to: "1]"),
    json("values-of-a-key", GoogleProtobuf.Struct.self, #""":1,"#, from: "{", to: #""":1}"#),
    HostileInput(
      name: "json-values-of-keys",
      bytes: { count in numbered(from: "{", to: #""-":0}"#, count) { Array("\"\($0)\":0,".utf8) } }
    ) { try GoogleProtobuf.Struct(jsonBytes: $0) },
    json("paths", GoogleProtobuf.FieldMask.self, "a,", from: #"""#, to: #"a""#),
    json(
      "any", GoogleProtobuf.AnyMessage.self, "{},", from: #"{"@type":"/golden.Tree","others":["#, to: "{}]}"),
    HostileInput(name: "json-any-in-any", bytes: { anyInAny(40, $0) }) {
      try GoogleProtobuf.AnyMessage(jsonBytes: $0, options: JSONDecodingOptions(types: types))
    },
    json("extension", Open.self, #""","#, from: #"{"[golden.tags]":["#, to: #"""]}"#),
    HostileInput(
      name: "json-unknown-fields", bytes: { repeated(#""a":[{}],"#, from: "{", to: #""b":0}"#, $0) }
    ) { try Tree(jsonBytes: $0, options: JSONDecodingOptions(ignoresUnknownFields: true)) },
  ]

  private static func deep(_ levels: Int) -> String {
    String(repeating: #"{"others":["#, count: levels) + String(repeating: "]}", count: levels)
  }

  private static func deepLists(_ levels: Int) -> String {
    String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
  }

  private static func anyInAny(_ levels: Int, _ byteCount: Int) -> [UInt8] {
    let beginning =
      String(repeating: #"{"@type":"/google.protobuf.Any","value":"#, count: levels)
      + #"{"@type":"/golden.Tree","end":""#
    let end = #""}"# + String(repeating: "}", count: levels)
    return repeated("a", from: beginning, to: end, byteCount)
  }
}
