import GoldenProtos
import Testing
import ThinGRPC
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes
import UserProtos

@Suite struct TextFormatWritingTests {
  @Test("Every scalar, in the order of the numbers, with the names of the .proto file")
  func scalars() throws {
    let message = Scalars.with {
      $0.doubleValue = -1.5e300
      $0.floatValue = 0.1
      $0.int32Value = .min
      $0.int64Value = .min
      $0.uint32Value = .max
      $0.uint64Value = .max
      $0.sint32Value = -1
      $0.sint64Value = .max
      $0.fixed32Value = 7
      $0.fixed64Value = 8
      $0.sfixed32Value = -9
      $0.sfixed64Value = -10
      $0.boolValue = true
      $0.stringValue = "text"
      $0.bytesValue = [0, 1, 0x7f, 0xff]
    }
    #expect(
      try message.textFormatString() == #"""
        double_value: -1.5e+300
        float_value: 0.1
        int32_value: -2147483648
        int64_value: -9223372036854775808
        uint32_value: 4294967295
        uint64_value: 18446744073709551615
        sint32_value: -1
        sint64_value: 9223372036854775807
        fixed32_value: 7
        fixed64_value: 8
        sfixed32_value: -9
        sfixed64_value: -10
        bool_value: true
        string_value: "text"
        bytes_value: "\000\001\177\377"

        """#)
  }

  @Test(
    "A message without fields has no text; one with presence has the fields that are set, even to their defaults"
  )
  func presence() throws {
    #expect(try Scalars().textFormatString().isEmpty)
    #expect(try OptionalScalars().textFormatString().isEmpty)
    let message = OptionalScalars.with {
      $0.int32Value = 0
      $0.stringValue = ""
    }
    #expect(try message.textFormatString() == "int32_value: 0\nstring_value: \"\"\n")
  }

  @Test("Numbers that are no numbers, and those without a fraction")
  func floatingNumbers() throws {
    let message = RepeatedScalars.with {
      $0.doubleValues = [.infinity, -.infinity, .nan, -.nan, -0.0, 1, 1e23, .leastNonzeroMagnitude]
      $0.floatValues = [.infinity, -.infinity, .nan, 16_777_216, .greatestFiniteMagnitude]
    }
    #expect(
      try message.textFormatString(options: TextFormatEncodingOptions(singleLine: true))
        == """
        double_values: inf double_values: -inf double_values: nan double_values: nan double_values: -0 \
        double_values: 1 double_values: 1e+23 double_values: 5e-324 \
        float_values: inf float_values: -inf float_values: nan float_values: 16777216 \
        float_values: 3.4028235e+38
        """)
  }

  @Test("Text stays what it is but for quotes and control characters; bytes are ASCII")
  func quoting() throws {
    let text = "\"'\\\n\r\t\u{0}\u{1b}\u{7f} é 漢 😀"
    let message = Scalars.with {
      $0.stringValue = text
      $0.bytesValue = Array("é\n".utf8)
    }
    #expect(
      try message.textFormatString() == #"""
        string_value: "\"\'\\\n\r\t\000\033\177 é 漢 😀"
        bytes_value: "\303\251\n"

        """#)
  }

  @Test("Messages inside each other are indented, or on one line")
  func nesting() throws {
    let message = Tree.with {
      $0.leaf = .with { $0.name = "a" }
      $0.others = [Tree(), .with { $0.end = "b" }]
    }
    #expect(
      try message.textFormatString() == """
        leaf {
          name: "a"
        }
        others {
        }
        others {
          end: "b"
        }

        """)
    #expect(
      try message.textFormatString(options: TextFormatEncodingOptions(singleLine: true))
        == #"leaf { name: "a" } others { } others { end: "b" }"#)
  }

  @Test("Enums have their first name, or their number where they have none")
  func enums() throws {
    let choices = [Color.crimson, .color2D, .negative, Color(rawValue: 99)].map { color in
      Choices.with { $0.color = color }
    }
    #expect(
      try choices.map { try $0.textFormatString() } == [
        "color: COLOR_RED\n", "color: COLOR_2D\n", "color: COLOR_NEGATIVE\n", "color: 99\n",
      ])
  }

  @Test("Entries of maps come in the order of their keys, with their defaults")
  func maps() throws {
    let message = Maps.with {
      $0.labels = ["b": "", "": "x", "a": "y", "B": "z"]
      $0.numbers = [3: 0, -1: 1, 0: 2]
      $0.switches = [true: 1, false: 2]
      $0.blobs = [.max: [], 1: [1]]
      $0.leaves = [2: Leaf()]
    }
    #expect(
      try message.textFormatString(options: TextFormatEncodingOptions(singleLine: true))
        == #"""
        labels { key: "" value: "x" } labels { key: "B" value: "z" } labels { key: "a" value: "y" } \#
        labels { key: "b" value: "" } \#
        numbers { key: -1 value: 1 } numbers { key: 0 value: 2 } numbers { key: 3 value: 0 } \#
        switches { key: false value: 2 } switches { key: true value: 1 } \#
        blobs { key: 1 value: "\001" } blobs { key: 18446744073709551615 value: "" } \#
        leaves { key: 2 value { } }
        """#)
  }

  @Test("An Any is written as its message where the type is known, and as its bytes where it is not")
  func anyMessages() throws {
    let any = GoogleProtobuf.AnyMessage.with {
      $0.typeURL = "type.googleapis.com/userservice.User"
      $0.value = field(1, Array("42".utf8))
    }
    #expect(
      try any.textFormatString() == #"""
        type_url: "type.googleapis.com/userservice.User"
        value: "\n\00242"

        """#)
    let options = TextFormatEncodingOptions(types: .wellKnownTypes.adding([User.self]))
    #expect(
      try any.textFormatString(options: options) == """
        [type.googleapis.com/userservice.User] {
          id: "42"
        }

        """)
    let outer = try GoogleProtobuf.AnyMessage.with {
      $0.typeURL = "type.googleapis.com/google.protobuf.Any"
      $0.value = try any.serializedBytes()
    }
    #expect(
      try outer.textFormatString(options: options) == """
        [type.googleapis.com/google.protobuf.Any] {
          [type.googleapis.com/userservice.User] {
            id: "42"
          }
        }

        """)
  }

  @Test(
    "An Any whose bytes are not of its type, or whose address has no text, is written as its fields",
    arguments: [
      ("type.googleapis.com/userservice.User", [0xff]), ("userservice.User", []),
      ("https://example.com/userservice.User", []), ("a b/userservice.User", []), ("", [1]),
      ("type.googleapis.com/", []), ("x/y/userservice.User", []),
    ] as [(String, [UInt8])])
  func unexpandableAny(url: String, value: [UInt8]) throws {
    let any = GoogleProtobuf.AnyMessage.with {
      $0.typeURL = url
      $0.value = value
    }
    let text = try any.textFormatString(
      options: TextFormatEncodingOptions(types: .wellKnownTypes.adding([User.self])))
    #expect(!text.contains("["))
    #expect(try GoogleProtobuf.AnyMessage(textFormatString: text) == any)
  }
}
