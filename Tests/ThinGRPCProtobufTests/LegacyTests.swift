import GoldenProtos
import Testing
import ThinGRPC
import ThinGRPCProtobuf

@Suite struct LegacyTests {
  @Test("Defaults of proto2 are what an unset field has, and are not written")
  func defaults() throws {
    let message = Defaults()
    #expect(message.int32Value == -42)
    #expect(message.uint64Value == .max)
    #expect(message.int64Value == .min)
    #expect(message.floatValue == 1.5e-7)
    #expect(message.infinite == -.infinity)
    #expect(message.noNumber.isNaN)
    #expect(message.boolValue)
    #expect(message.stringValue == "a\"b\\c\n\u{1}é")
    #expect(message.bytesValue == [0, 255, 120, 92])
    #expect(message.level == .high)
    #expect(message.firstLevel == .low)
    #expect(message.whole == 3)
    #expect(message.minusZero == 0 && message.minusZero.sign == .minus)
    #expect(try message.serializedBytes().isEmpty)
    #expect(!message.hasInt32Value)
    let zero = Defaults.with { $0.int32Value = 0 }
    #expect(try zero.serializedBytes() == bytes("0800"))
    #expect(try Defaults(serializedBytes: bytes("0800")).hasInt32Value)
  }

  @Test("A field that is required is missed by its path, in both directions, unless that is allowed")
  func required() throws {
    let missing = MessageCodingError("The golden.Strict lacks a field that is required", fieldPath: ["name"])
    #expect(throws: missing) { try Strict(serializedBytes: []) }
    #expect(throws: missing) { try Strict().serializedBytes() }
    let nested = Strict.with {
      $0.name = "a"
      $0.named = ["x": .with { $0.name = "b" }]
      $0.others = [.with { $0.inner.name = "c" }]
    }
    let error = MessageCodingError(
      "The golden.Strict lacks a field that is required", fieldPath: ["others", "name"])
    #expect(throws: error) { try nested.serializedBytes() }
    let bytes = try nested.serializedBytes(options: EncodingOptions(allowsMissingRequiredFields: true))
    #expect(throws: error) { try Strict(serializedBytes: bytes) }
    let options = DecodingOptions(allowsMissingRequiredFields: true)
    #expect(try Strict(serializedBytes: bytes, options: options) == nested)
    #expect(
      error.description == "The golden.Strict lacks a field that is required (in the field others.name)")
  }

  @Test("A required field may come in another part of the message than the rest")
  func requiredInParts() throws {
    let encoded = field(1, [97]) + field(2, bytes("2805")) + field(2, field(1, [98]))
    let message = try Strict(serializedBytes: encoded)
    #expect(message.inner.name == "b" && message.inner.number == 5)
  }

  @Test("A number without a name is no value of a closed enum: it is kept as an unknown field")
  func closedEnums() throws {
    // level 7; levels 1, 9, -1; packed_levels 2, 8; by_name a: 1, b: 5; inner { chosen: 7 }.
    let negative = "ffffffffffffffffff01"
    let encoded =
      bytes("0807 1001 1009 10\(negative) 1a020208") + field(4, bytes("0a01611001"))
      + field(4, bytes("0a01621005")) + field(7, bytes("2807"))
    let message = try Closed(serializedBytes: encoded)
    #expect(!message.hasLevel)
    #expect(message.levels == [.low, .negative])
    #expect(message.packedLevels == [.high])
    #expect(message.byName == ["a": .one])
    #expect(message.inner.choice == nil)
    #expect(message.inner.unknownFields.bytes == bytes("2807"))
    let unknown = bytes("0807 1009 1808") + field(4, bytes("0a01621005"))
    #expect(message.unknownFields.bytes == unknown)
    #expect(try Closed(serializedBytes: message.serializedBytes()) == message)
  }

  @Test("Of several numbers for a closed enum the last that has a name counts, and the others are kept")
  func closedEnumParts() throws {
    for encoded in ["0801 0807", "0807 0801"] {
      let message = try Closed(serializedBytes: bytes(encoded))
      #expect(message.level == .low && message.hasLevel)
      #expect(message.unknownFields.bytes == bytes("0807"))
    }
    let chosen = try Closed(serializedBytes: bytes("320161 2807"))
    #expect(chosen.choice == .text("a") && chosen.unknownFields.bytes == bytes("2807"))
  }

  @Test("A map's entry whose value is none of a closed enum is kept as it came, whatever else is in it")
  func closedEnumEntry() throws {
    let entry = field(4, bytes("0a0161 1009 110000000000000000 1b1c"))
    let message = try Closed(serializedBytes: entry)
    #expect(message.byName.isEmpty && message.unknownFields.bytes == entry)
    #expect(try message.serializedBytes() == entry)
  }

  @Test("Groups are read and written between two tags, alone, repeated, in a oneof and inside each other")
  func groups() throws {
    let message = Grouped.with {
      $0.single.number = 1
      $0.single.inner.text = "a"
      $0.many = [.with { $0.number = 2 }, .with { $0.number = 3 }]
      $0.chosen.text = "b"
      $0.message.single.number = 4
    }
    let encoded = try message.serializedBytes()
    let single = bytes("0b 0801 13 0a0161 14 0c")
    let many = bytes("1b 0802 1c 1b 0803 1c")
    #expect(encoded == field(6, bytes("0b 0804 0c")) + single + many + bytes("23 0a0162 24"))
    #expect(try Grouped(serializedBytes: encoded) == message)
  }

  @Test("What a oneof has beside a group is encoded")
  func besideGroup() throws {
    let message = Grouped.with {
      $0.text = "x"
      $0.message.text = "y"
    }
    #expect(try message.serializedBytes() == bytes("2a0178 32032a0179"))
    #expect(try Grouped(serializedBytes: bytes("2a0178 32032a0179")) == message)
  }

  @Test("A group that comes twice is merged, and one that does not end is refused")
  func groupParts() throws {
    let message = try Grouped(serializedBytes: bytes("0b 0801 0c 0b 13 0a0161 14 0c"))
    #expect(message.single.number == 1 && message.single.inner.text == "a")
    #expect(throws: MessageCodingError("The bytes are not a valid golden.Grouped")) {
      try Grouped(serializedBytes: bytes("0b 0801"))
    }
    #expect(throws: MessageCodingError("The bytes are not a valid golden.Grouped")) {
      try Grouped(serializedBytes: bytes("0b 0801 14"))
    }
  }

  @Test("Numbers are packed only where the file says so, and read either way")
  func packing() throws {
    let message = Packing.with {
      $0.plain = [1, 2]
      $0.packed = [1, 2]
      $0.flags = [true, false]
    }
    #expect(try message.serializedBytes() == bytes("0801 0802 12020102 22020100"))
    let other = try Packing(serializedBytes: bytes("0a020102 1001 1002 2001 2000"))
    #expect(other == message)
  }
}
