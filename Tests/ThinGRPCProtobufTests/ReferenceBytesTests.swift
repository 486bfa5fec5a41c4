import GoldenProtos
import Testing
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes

/// The bytes here were made by Python's protobuf from the same .proto files.
@Suite struct ReferenceBytesTests {
  /// Decodes `reference`, compares with `message`, and encodes `message` again.
  func check<Message: ProtobufMessage>(_ message: Message, _ reference: String) throws {
    #expect(try Message(serializedBytes: bytes(reference)) == message)
    #expect(try message.serializedBytes() == bytes(reference))
  }

  @Test("Every scalar type is read and written as the reference does")
  func scalars() throws {
    let message = Scalars.with {
      $0.doubleValue = -1.5
      $0.floatValue = 0.25
      $0.int32Value = -2
      $0.int64Value = -(1 << 62)
      $0.uint32Value = .max
      $0.uint64Value = .max
      $0.sint32Value = -3
      $0.sint64Value = -(1 << 40)
      $0.fixed32Value = 7
      $0.fixed64Value = 8
      $0.sfixed32Value = -9
      $0.sfixed64Value = -10
      $0.boolValue = true
      $0.stringValue = "h\u{0}é😀"
      $0.bytesValue = [0, 255]
    }
    try check(
      message,
      """
      09000000000000f8bf150000803e18feffffffffffffffff01208080808080808080c00128ffffffff0f30ffffffffffffffffff01\
      380540ffffffffff3f4d070000005108000000000000005df7ffffff61f6ffffffffffffff680172086800c3a9f09f98807a0200ff
      """)
    try check(Scalars(), "")
  }

  @Test("Optional fields that are set to their defaults are written")
  func optionalScalars() throws {
    let message = OptionalScalars.with {
      $0.doubleValue = 0
      $0.floatValue = 0
      $0.int32Value = 0
      $0.int64Value = 0
      $0.uint32Value = 0
      $0.uint64Value = 0
      $0.sint32Value = 0
      $0.sint64Value = 0
      $0.fixed32Value = 0
      $0.fixed64Value = 0
      $0.sfixed32Value = 0
      $0.sfixed64Value = 0
      $0.boolValue = false
      $0.stringValue = ""
      $0.bytesValue = []
    }
    try check(
      message,
      """
      09000000000000000015000000001800200028003000380040004d000000005100000000000000005d000000006100000000000000\
      00680072007a00
      """)
    try check(OptionalScalars(), "")
  }

  @Test("Repeated fields are packed where their type allows it")
  func repeatedScalars() throws {
    let message = RepeatedScalars.with {
      $0.doubleValues = [-1.5, 0, -1.5]
      $0.floatValues = [0.25, 0, 0.25]
      $0.int32Values = [-2, 0, -2]
      $0.int64Values = [-(1 << 62), 0, -(1 << 62)]
      $0.uint32Values = [.max, 0, .max]
      $0.uint64Values = [.max, 0, .max]
      $0.sint32Values = [-3, 0, -3]
      $0.sint64Values = [-(1 << 40), 0, -(1 << 40)]
      $0.fixed32Values = [7, 0, 7]
      $0.fixed64Values = [8, 0, 8]
      $0.sfixed32Values = [-9, 0, -9]
      $0.sfixed64Values = [-10, 0, -10]
      $0.boolValues = [true, false, true]
      $0.stringValues = ["h\u{0}é😀", "", "h\u{0}é😀"]
      $0.bytesValues = [[0, 255], [], [0, 255]]
    }
    try check(
      message,
      """
      0a18000000000000f8bf0000000000000000000000000000f8bf120c0000803e000000000000803e1a15feffffffffffffffff0100\
      feffffffffffffffff0122158080808080808080c001008080808080808080c0012a0bffffffff0f00ffffffff0f3215ffffffffff\
      ffffffff0100ffffffffffffffffff013a03050005420dffffffffff3f00ffffffffff3f4a0c070000000000000007000000521808\
      00000000000000000000000000000008000000000000005a0cf7ffffff00000000f7ffffff6218f6ffffffffffffff000000000000\
      0000f6ffffffffffffff6a0301000172086800c3a9f09f9880720072086800c3a9f09f98807a0200ff7a007a0200ff
      """)
  }

  @Test("Packed and unpacked elements are both read, whichever the field is declared as")
  func packing() throws {
    let message = UnpackedScalars.with {
      $0.int32Values = [1, -1, 300]
      $0.doubleValues = [0.5, -0.0]
      $0.boolValues = [true, false]
    }
    try check(
      message, "080108ffffffffffffffffff0108ac0211000000000000e03f11000000000000008018011800")
    let packed = bytes("0a0d01ffffffffffffffffff01ac02 0a00 0805")
    #expect(try UnpackedScalars(serializedBytes: packed).int32Values == [1, -1, 300, 5])
    let unpacked = bytes("18011802 1a0103")
    #expect(try RepeatedScalars(serializedBytes: unpacked).int32Values == [1, 2, 3])
  }

  @Test("Field numbers far apart and out of order are found")
  func farApart() throws {
    let message = FarApart.with {
      $0.first = "a"
      $0.near = 6
      $0.middle = 5
      $0.last = "z"
    }
    #expect(try FarApart(serializedBytes: bytes("0a0161100680800105faffffff0f017a")) == message)
    #expect(try message.serializedBytes() == bytes("0a0161100680800105faffffff0f017a"))
  }

  @Test("A negative zero is not taken for unset")
  func negativeZero() throws {
    let message = Scalars.with {
      $0.doubleValue = -0.0
      $0.floatValue = -0.0
    }
    let encoded = try message.serializedBytes()
    #expect(encoded == bytes("0900000000000000801500000080"))
    #expect(try Scalars(serializedBytes: encoded).doubleValue.sign == .minus)
  }

  @Test("Maps of every kind of key and value")
  func maps() throws {
    let message = Maps.with {
      $0.labels = ["a": "b"]
      $0.numbers = [-1: 1 << 40]
      $0.switches = [true: 0.5]
      $0.blobs = [9: [0]]
      $0.colors = [-5: .red]
      $0.leaves = [
        3: .with {
          $0.name = "l"
          $0.size = 2
        }
      ]
      $0.trees = ["t": .with { $0.end = "e" }]
      $0.floats = [-1: 1.5]
    }
    try check(
      message,
      """
      0a060a0161120162121208ffffffffffffffffff01108080808080201a0b080111000000000000e03f220508091201002a04080910\
      01321009030000000000000012050a016c10023a080a017412033a0165420a0dffffffff150000c03f
      """)
  }

  @Test("Messages that contain themselves, in every way they can")
  func recursion() throws {
    let message = Tree.with {
      $0.leaf.name = "root"
      $0.left.end = "x"
      $0.others = [Tree(), .with { $0.leaf.size = 1 }]
      $0.named = ["k": .with { $0.end = "y" }]
      $0.next = .with { $0.next = .with { $0.end = "deep" } }
    }
    try check(
      message,
      "0a060a04726f6f7412033a0178220022040a0210012a080a016b12033a0179320832063a0464656570")
    #expect(message.hasLeft && !message.hasRight)
  }

  @Test(
    "Each field of a oneof is read and written, default values included",
    arguments: [
      (Choices.Choice.text("t"), "0a0174"), (.data([100]), "120164"), (.number(0), "1800"),
      (.flag(false), "2000"), (.ratio(-0.0), "290000000000000080"),
      (.color(.negative), "30ffffffffffffffffff01"),
      (.leaf(Leaf()), "3a00"), (.big(1 << 63), "4080808080808080808001"),
    ])
  func oneof(choice: Choices.Choice, encoded: String) throws {
    let message = Choices.with {
      $0.choice = choice
      $0.note = "n"
      $0.right = -1
    }
    try check(message, encoded + "4a016e58ffffffffffffffffff01")
  }

  @Test("Nested types, and enum values that have no name")
  func nested() throws {
    let message = Outer.with {
      $0.inner.mode = .fast
      $0.inners = [Outer.Inner()]
      $0.modes = [.fast, Outer.Inner.Mode(rawValue: 7), .unspecified]
      $0.mode = .unspecified
    }
    try check(message, "0a02080112001a030107002000")
  }

  @Test("Types of other files, other packages and the well-known types")
  func imports() throws {
    let message = Order.with {
      $0.part.name = "p"
      $0.part.size = .large
      $0.size = SharedSize(rawValue: 9)
      $0.at.seconds = 5
      $0.within.nanos = -1
      $0.mask.paths = ["a.b"]
      $0.detail.typeURL = "t/x"
      $0.detail.value = [1]
      $0.data.fields = ["a": .with { $0.listValue.values = [.with { $0.numberValue = 1 }] }]
      $0.nickname = GoogleProtobuf.StringValue()
      $0.count.value = -4
    }
    try check(
      message,
      """
      0a050a0170100118092202 08052a0b10ffffffffffffffffff0132050a03612e623a080a03742f78120101\
      42140a120a0161120d320b0a0911000000000000f03f4a00520b08fcffffffffffffffff01
      """)
  }
}
