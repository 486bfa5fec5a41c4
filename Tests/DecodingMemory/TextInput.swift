import GoldenProtos
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes

extension HostileInput {
  private static let types = TypeRegistry.wellKnownTypes.adding(
    [Tree.self], extensions: [Open.tags])

  /// Of a message in text format.
  private static func text<Message: ProtobufMessage>(
    _ name: String, _ type: Message.Type, _ piece: String, from beginning: String = "", to end: String = "",
    ignoresUnknownFields: Bool = false
  ) -> HostileInput {
    HostileInput(name: "text-\(name)", bytes: { repeated(piece, from: beginning, to: end, $0) }) { bytes in
      let options = TextFormatDecodingOptions(ignoresUnknownFields: ignoresUnknownFields, types: types)
      return try Message(textFormatString: String(decoding: bytes, as: UTF8.self), options: options)
    }
  }

  static let text: [HostileInput] = [
    text("messages-empty", Tree.self, "{},", from: "others:[", to: "{}]"),
    text("messages-99-deep", Tree.self, deep(98)),
    text("map-entries-empty", Maps.self, "labels{}"),
    HostileInput(
      name: "text-map-entries",
      bytes: { count in numbered(count) { Array("numbers{key:\($0)}".utf8) } }
    ) { try Maps(textFormatString: String(decoding: $0, as: UTF8.self)) },
    text("map-entries-in-a-list", Maps.self, "{},", from: "labels:[", to: "{}]"),
    text("numbers", RepeatedScalars.self, "1,", from: "int64_values:[", to: "1]"),
    text("truth-values", RepeatedScalars.self, "t,", from: "bool_values:[", to: "t]"),
    text("strings-empty", RepeatedScalars.self, "'',", from: "string_values:[", to: "'']"),
    text("bytes-empty", RepeatedScalars.self, "'',", from: "bytes_values:[", to: "'']"),
    text("string-in-pieces", Scalars.self, "'a'", from: "string_value:"),
    text("string-of-escapes", Scalars.self, #"\n"#, from: "string_value:'", to: "'"),
    text("digits", Scalars.self, "9", from: "double_value:"),
    text("groups", Grouped.self, "Many{}"),
    text("any", GoogleProtobuf.AnyMessage.self, "{},", from: "[a/golden.Tree]{others:[", to: "{}]}"),
    HostileInput(name: "text-any-in-any", bytes: { anyInAny(98, $0) }) { bytes in
      try GoogleProtobuf.AnyMessage(
        textFormatString: String(decoding: bytes, as: UTF8.self),
        options: TextFormatDecodingOptions(types: types))
    },
    text("extension", Open.self, "'',", from: "[golden.tags]:[", to: "'']"),
    text("unknown-fields", Tree.self, "a{b{}}", ignoresUnknownFields: true),
    text("comments", Tree.self, "#\n"),
  ]

  private static func deep(_ levels: Int) -> String {
    String(repeating: "others{", count: levels) + String(repeating: "}", count: levels)
  }

  private static func anyInAny(_ levels: Int, _ byteCount: Int) -> [UInt8] {
    let beginning =
      String(repeating: "[a/google.protobuf.Any]{", count: levels) + "[a/golden.Tree]{end:'"
    return repeated("a", from: beginning, to: "'}" + String(repeating: "}", count: levels), byteCount)
  }
}
