import GoldenProtos
import Testing
import ThinGRPC
import ThinGRPCProtobuf

@Suite struct ExtensionTests {
  @Test("Extensions are set and read by type, and are encoded with the message")
  func values() throws {
    var open = Open.with { $0.name = "a" }
    #expect(open[Open.rank] == 7 && !open.has(Open.rank))
    open[Open.rank] = 3
    open[Open.tags] = ["x", "y"]
    open[Open.offsets] = [-1, 1]
    open[Open.strict].name = "s"
    open[Open.openLevel] = .high
    open[Open.layoutExtension] = [0, 255]
    open[Opener.opener].text = "o"
    open[Opener.part] = [.with { $0.number = 1 }, .with { $0.number = 2 }]
    let encoded = try open.serializedBytes()
    let parts = [
      "0a0161", "a00603", "aa060178", "aa060179", "b206020102", "ba06030a0173", "c00602", "ca060200ff",
      "f206030a016f", "fb060801fc06", "fb060802fc06",
    ]
    #expect(encoded == bytes(parts.joined()))
    let decoded = try Open(serializedBytes: encoded)
    #expect(decoded == open)
    #expect(decoded.has(Open.rank) && decoded[Open.rank] == 3)
    #expect(decoded[Open.tags] == ["x", "y"] && decoded[Open.offsets] == [-1, 1])
    #expect(decoded[Open.strict].name == "s" && decoded[Open.openLevel] == .high)
    #expect(decoded[Open.layoutExtension] == [0, 255])
    #expect(decoded[Opener.opener].text == "o" && decoded[Opener.part].map(\.number) == [1, 2])
  }

  @Test("Clearing an extension, or setting an empty list, leaves the others and the unknown fields")
  func clearing() throws {
    var open = try Open(serializedBytes: bytes("a00603 aa060178 a03801"))
    open.clear(Open.rank)
    #expect(!open.has(Open.rank) && open[Open.rank] == 7)
    #expect(open.unknownFields.bytes == bytes("aa060178 a03801"))
    open[Open.tags] = []
    #expect(open.unknownFields.bytes == bytes("a03801"))
  }

  @Test("Of several values the last counts, and messages in parts are merged")
  func parts() throws {
    let open = try Open(serializedBytes: bytes("a00601 a00602 ba06030a0173 ba06022805"))
    #expect(open[Open.rank] == 2)
    #expect(open[Open.strict].name == "s" && open[Open.strict].number == 5)
  }

  @Test("What is no value of an extension is an error that can be asked for, and is sent on")
  func malformed() throws {
    let encoded = bytes("ba06020aff")
    let open = try Open(serializedBytes: encoded)
    #expect(open[Open.strict] == Strict())
    #expect(throws: MessageCodingError.self) { try open.value(of: Open.strict) }
    #expect(throws: MessageCodingError.self) {
      try Open(serializedBytes: bytes("ba0600")).value(of: Open.strict)
    }
    #expect(try open.value(of: Open.rank) == nil)
    #expect(try open.serializedBytes() == encoded)
    #expect(Open.rank.name == "golden.rank" && Open.rank.number == 100)
  }

  @Test("An extension that lacks what is required is refused when it is set")
  func required() {
    var open = Open()
    #expect(throws: MessageCodingError.self) { try open.set(Strict(), for: Open.strict) }
    #expect(!open.has(Open.strict))
  }
}
