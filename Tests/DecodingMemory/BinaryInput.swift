import GoldenProtos
import ThinGRPC
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes
import UserProtos

extension HostileInput {
  /// Of a message in the wire format.
  private static func wire<Message: ProtobufMessage>(
    _ name: String, _ type: Message.Type, _ bytes: @escaping @Sendable (Int) -> [UInt8]
  ) -> HostileInput {
    HostileInput(name: name, bytes: bytes) { try Message(serializedBytes: $0) }
  }

  static let binary: [HostileInput] = [
    // Maps and their entries.
    wire("map-entries-empty", Maps.self) { repeated([0x0a, 0], $0) },
    wire("map-entries-of-messages-empty", Maps.self) { repeated([0x3a, 0], $0) },
    wire("map-entries-tiny", Maps.self) { count in
      numbered(count) { [0x12, UInt8(varint($0).count + 1), 8] + varint($0) }
    },
    // Messages: many, in parts, deep.
    wire("messages-empty", Tree.self) { repeated([0x22, 0], $0) },
    wire("messages-empty-and-small", Order.self) { repeated([0x12, 0], $0) },
    wire("messages-with-a-field-each", Tree.self) { repeated([0x22, 2, 0x22, 0], $0) },
    wire("wide-messages-empty", Wides.self) { repeated([0x0a, 0], $0) },
    wire("wide-messages-with-a-late-field-each", Wides.self) { repeated([0x0a, 3, 0xf0, 7, 1], $0) },
    wire("message-in-empty-parts", User.self) { repeated([0x2a, 0], $0) },
    wire("message-in-parts", User.self) { repeated([0x2a, 2, 8, 1], $0) },
    wire("recursive-message-in-empty-parts", Tree.self) { repeated([0x12, 0], $0) },
    wire("recursive-message-in-parts-in-parts", Tree.self) { repeated([0x12, 4, 0x12, 0, 0x12, 0], $0) },
    wire("messages-99-deep", Tree.self) { repeated(deep(99), $0) },
    wire("messages-below-98-levels", Tree.self) { count in
      (0..<98).reduce(repeated([0x22, 0], count - 500)) { inner, _ in [0x12] + varint(inner.count) + inner }
    },
    wire("message-in-parts-below-98-levels", Tree.self) { count in
      (0..<98).reduce(repeated([0x12, 0], count - 500)) { inner, _ in [0x12] + varint(inner.count) + inner }
    },
    // Numbers and text.
    wire("numbers-packed", RepeatedScalars.self) { field(4, $0) { repeated([1], $0) } },
    wire("truth-values-packed", RepeatedScalars.self) { field(13, $0) { repeated([1], $0) } },
    wire("numbers-packed-in-pieces", RepeatedScalars.self) { repeated([0x22, 1, 1], $0) },
    wire("numbers-packed-in-empty-pieces", RepeatedScalars.self) { repeated([0x22, 0], $0) },
    wire("numbers-one-by-one", UnpackedScalars.self) { repeated([8, 1], $0) },
    wire("truth-values-one-by-one", UnpackedScalars.self) { repeated([0x18, 1], $0) },
    wire("strings-empty", RepeatedScalars.self) { repeated([0x72, 0], $0) },
    wire("strings-of-16-bytes", RepeatedScalars.self) {
      repeated([0x72, 16] + [UInt8](repeating: 97, count: 16), $0)
    },
    wire("bytes-empty", RepeatedScalars.self) { repeated([0x7a, 0], $0) },
    wire("bytes-of-one", RepeatedScalars.self) { repeated([0x7a, 1, 1], $0) },
    wire("bytes-in-one-piece", Scalars.self) { field(15, $0) { repeated([1], $0) } },
    wire("string-in-one-piece", Scalars.self) { field(14, $0) { repeated([0xc3, 0xa4], $0) } },
    HostileInput(name: "string-repaired", bytes: { field(14, $0) { repeated([0xff], $0) } }) {
      try Scalars(serializedBytes: $0, options: DecodingOptions(text: .repaired))
    },
    wire("single-value-again-and-again", Scalars.self) { repeated([0x18, 1], $0) },
    // What the type does not know, or knows otherwise.
    wire("unknown-numbers", User.self) { repeated([0x78, 1], $0) },
    wire("unknown-bytes-empty", User.self) { repeated([0x7a, 0], $0) },
    wire("unknown-groups", User.self) { repeated([0x7b, 0x7c], $0) },
    wire("unknown-groups-99-deep", User.self) {
      repeated([UInt8](repeating: 0x7b, count: 99) + [UInt8](repeating: 0x7c, count: 99), $0)
    },
    wire("numbers-for-a-string", User.self) { repeated([8, 1], $0) },
    wire("numbers-for-a-string-in-messages", Tree.self) { repeated([0x22, 2, 0x38, 0], $0) },
    wire("groups-for-a-string", User.self) { repeated([0x0b, 0x0c], $0) },
    wire("oneof-flipped", Choices.self) { repeated([0x0a, 0, 0x18, 1], $0) },
    wire("oneof-flipped-between-messages", Choices.self) { repeated([0x3a, 0, 0x0a, 0], $0) },
    wire("closed-enum-without-a-name", Closed.self) { repeated([0x10, 9], $0) },
    wire("closed-enum-without-a-name-packed", Closed.self) { field(3, $0) { repeated([9], $0) } },
    wire("closed-enum-with-a-name-packed", Closed.self) { field(3, $0) { repeated([1], $0) } },
    wire("closed-enum-in-entries", Closed.self) { repeated([0x22, 2, 0x10, 9], $0) },
    wire("messages-and-then-a-group", Order.self) { repeated([0x12, 0], to: [0x7b, 0x7c], $0) },
    wire("messages-in-parts-behind-messages", Order.self) {
      repeated([0x12, 0], to: [0x0a, 0, 0x0a, 0], $0)
    },
    wire("groups", Grouped.self) { repeated([0x1b, 0x1c], $0) },
    wire("group-in-parts", Grouped.self) { repeated([0x0b, 0x0c], $0) },
    HostileInput(name: "merged-message-in-parts", bytes: { repeated([0x2a, 2, 8, 1], $0) }) { bytes in
      var user = User.with { $0.createdAt.nanos = 1 }
      try user.merge(serializedBytes: bytes)
      return user
    },
  ]

  static let extensions: [HostileInput] = [
    HostileInput(name: "extension-in-parts", bytes: { repeated([0xa0, 6, 1], $0) }) { bytes in
      let open = try Open(serializedBytes: bytes)
      return (open, try open.value(of: Open.rank) as Any)
    },
    HostileInput(name: "extension-of-strings", bytes: { repeated([0xaa, 6, 0], $0) }) { bytes in
      let open = try Open(serializedBytes: bytes)
      return (open, try open.value(of: Open.tags) as Any)
    },
    HostileInput(name: "extension-message-in-parts", bytes: { repeated([0xf2, 6, 0], $0) }) { bytes in
      let open = try Open(serializedBytes: bytes)
      return (open, try open.value(of: Opener.opener) as Any)
    },
  ]

  /// A chain of messages that are elements of each other.
  private static func deep(_ levels: Int) -> [UInt8] {
    (1..<levels).reduce([]) { inner, _ in [0x22] + varint(inner.count) + inner }
  }
}
