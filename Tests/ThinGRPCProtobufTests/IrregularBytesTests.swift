import GoldenProtos
import Testing
import ThinGRPC
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes
import UserProtos

/// What libprotobuf-c refuses or misreads on its own.
@Suite struct IrregularBytesTests {
  @Test(
    "A field with another wire type than its own is kept as an unknown field",
    arguments: ["0801", "090102030405060708", "0d01020304", "22020101", "250a000000", "2b0a01612c"])
  func otherWireType(text: String) throws {
    let user = try User(serializedBytes: bytes("120161") + bytes(text) + bytes("1a0162"))
    #expect(user.email == "a" && user.name == "b" && user.id == "" && user.plan == .unspecified)
    #expect(user.unknownFields.bytes == bytes(text))
    #expect(try User(serializedBytes: user.serializedBytes()) == user)
  }

  @Test(
    "A Boolean of another wire type is no Boolean", arguments: ["1d01000000", "1a0101", "190100000000000000"])
  func otherBoolean(text: String) throws {
    let message = try Packing(serializedBytes: bytes(text))
    #expect(!message.hasFlag)
    #expect(message.unknownFields.bytes == bytes(text))
  }

  @Test("A Boolean of more than 32 bits is true")
  func wideBoolean() throws {
    #expect(try Packing(serializedBytes: bytes("18808080808010")).flag)
  }

  @Test("Unknown groups are kept, nested ones and those inside messages too")
  func unknownGroups() throws {
    let group = bytes("a306 0801 ab06 0a0161 ac06 a406")
    let user = try User(serializedBytes: group + field(1, [97]) + field(5, group + bytes("0805")))
    #expect(user.id == "a")
    #expect(user.createdAt.seconds == 5)
    #expect(user.unknownFields.bytes == group)
    #expect(user.createdAt.unknownFields.bytes == group)
    #expect(try User(serializedBytes: user.serializedBytes()) == user)
  }

  @Test("A message in a oneof that comes in parts is merged, and dropped where another member comes between")
  func oneofParts() throws {
    let left = try Choices.with { $0.leaf.name = "a" }.serializedBytes()
    let right = try Choices.with { $0.leaf.size = 7 }.serializedBytes()
    let text = try Choices.with { $0.text = "t" }.serializedBytes()
    let merged = try Choices(serializedBytes: left + right)
    #expect(merged.leaf.name == "a" && merged.leaf.size == 7)
    let later = try Choices(serializedBytes: left + text + right)
    #expect(later.leaf.name == "" && later.leaf.size == 7)
    #expect(try Choices(serializedBytes: left + right + text).choice == .text("t"))
  }

  @Test("A message in parts keeps what each part has: unknown fields, empty text, a oneof that neither sets")
  func parts() throws {
    let parts = field(1, bytes("a00601")) + field(1, bytes("a80602"))
    let message = try Parts(serializedBytes: parts)
    #expect(message.choices.unknownFields.bytes == bytes("a00601 a80602"))
    let presence = field(2, bytes("4200")) + field(2, bytes("0801"))
    let defaults = try Parts(serializedBytes: presence).defaults
    #expect(defaults.hasStringValue && defaults.stringValue == "" && defaults.int32Value == 1)
  }

  @Test("Unknown groups nested deeper than the limit are refused")
  func deepGroups() {
    let deep = [UInt8](repeating: 0x0b, count: 100_000) + [UInt8](repeating: 0x0c, count: 100_000)
    #expect(throws: MessageCodingError("The userservice.User is nested deeper than the limit of 100 levels"))
    {
      try User(serializedBytes: deep)
    }
    let fine = [UInt8](repeating: 0x0b, count: 99) + [UInt8](repeating: 0x0c, count: 99)
    #expect(throws: Never.self) { try User(serializedBytes: fine) }
  }

  @Test("Numbers above those that fields can have are refused, also where marks would be taken off")
  func marks() {
    // Field 2^29 + 1 and 2^30 + 1, beside a group that has the message rewritten.
    for text in ["8a8080801000", "8a8080802000", "0b0c 8a8080801000", "0b0c 8a8080802000"] {
      #expect(throws: MessageCodingError.self) { try User(serializedBytes: bytes(text)) }
    }
  }

  @Test("Text that is not UTF-8 is repaired where that is asked for")
  func repair() throws {
    let options = DecodingOptions(text: .repaired)
    #expect(try User(serializedBytes: field(1, [97, 0xff]), options: options).id == "a\u{fffd}")
  }

  @Test("Merging bytes adds to lists and maps, merges messages and replaces single values")
  func merge() throws {
    var user = User.with {
      $0.id = "a"
      $0.createdAt.seconds = 1
    }
    try user.merge(serializedBytes: field(5, bytes("1002")) + field(1, [98]))
    #expect(user.id == "b" && user.createdAt.seconds == 1 && user.createdAt.nanos == 2)
    let before = user
    #expect(throws: MessageCodingError.self) { try user.merge(serializedBytes: [0xff]) }
    #expect(user == before)
  }
}
