import GoldenProtos
import Testing
import ThinGRPC
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes
import UserProtos

@Suite struct TextFormatReadingTests {
  func scalars(_ text: String) throws -> Scalars { try Scalars(textFormatString: text) }

  @Test("Blanks and comments may be between all tokens, and commas and semicolons between fields")
  func layout() throws {
    let text = """
      # A comment; it: "ends" with its line.
      int32_value:1;int64_value :\t2 , uint32_value
      : # here, too
      3 bool_value:true\r\n\u{b}\u{c}string_value:'a'#
      """
    #expect(
      try scalars(text)
        == .with {
          $0.int32Value = 1
          $0.int64Value = 2
          $0.uint32Value = 3
          $0.boolValue = true
          $0.stringValue = "a"
        })
    #expect(try scalars("") == Scalars())
    #expect(try scalars(" # nothing") == Scalars())
  }

  @Test("Whole numbers are decimal, hexadecimal or octal, with a sign where the type has one")
  func integers() throws {
    #expect(try scalars("int32_value: -2147483648").int32Value == .min)
    #expect(try scalars("int32_value: - 0x80000000").int32Value == .min)
    #expect(try scalars("int32_value: 017").int32Value == 15)
    #expect(try scalars("int32_value: -0").int32Value == 0)
    #expect(try scalars("sint64_value: -9223372036854775808").sint64Value == .min)
    #expect(try scalars("int64_value: 0X7fffFFFFffffffff").int64Value == .max)
    #expect(try scalars("uint64_value: 01777777777777777777777").uint64Value == .max)
    #expect(try scalars("uint32_value: 4294967295").uint32Value == .max)
    #expect(try scalars("fixed64_value: 18446744073709551615").fixed64Value == .max)
    #expect(try scalars("sfixed32_value: -5").sfixed32Value == -5)
  }

  @Test(
    "Numbers that a field cannot have are refused",
    arguments: [
      "int32_value: 2147483648", "int32_value: -2147483649", "uint32_value: 4294967296", "uint32_value: -1",
      "int64_value: 9223372036854775808", "int64_value: -9223372036854775809",
      "uint64_value: 18446744073709551616", "int32_value: 1.0", "int32_value: 1e3", "int32_value: 1f",
      "int32_value: 08", "int32_value: 0x", "int32_value: 1x", "int32_value: 1_000", "int32_value: +1",
      "int32_value: --1", "int32_value: '1'", "int32_value: true", "int32_value:", "int32_value: [1]",
      "uint64_value: 99999999999999999999999999", "bool_value: 2", "bool_value: -1", "bool_value: TRUE",
      "bool_value: 't'", "bool_value: truely", "float_value: 0x10", "float_value: 010", "float_value: 1.2.3",
      "float_value: 1e", "float_value: .", "float_value: infinit", "float_value: 1.f2", "float_value: '1'",
      "double_value: nanny", "double_value: infinityyy", "double_value: 0x1p3", "double_value: - - 1",
    ])
  func refusedNumbers(text: String) {
    #expect(throws: MessageCodingError.self) { try scalars(text) }
  }

  @Test(
    "Floating numbers in all their spellings",
    arguments: [
      ("1", 1), ("1.5", 1.5), ("-1.5", -1.5), (".5", 0.5), ("5.", 5), ("1e3", 1000), ("1E+3", 1000),
      ("1.e-3", 0.001), ("1.5f", 1.5), ("10F", 10), ("1e2f", 100), ("0", 0), ("0.0", 0), ("0e5", 0),
      ("0f", 0),
      ("18446744073709551616", 18_446_744_073_709_551_616), ("inf", .infinity), ("-inf", -.infinity),
      ("Infinity", .infinity), ("-INFINITY", -.infinity), ("1e999", .infinity), ("-1e999", -.infinity),
      ("1e-999", 0), ("- 2", -2),
    ] as [(String, Double)])
  func floatingNumbers(text: String, value: Double) throws {
    #expect(try scalars("double_value: \(text)").doubleValue == value)
    #expect(try scalars("float_value: \(text)").floatValue == Float(value))
  }

  @Test("A number that is none, a zero below zero, and the bounds of a float")
  func specialNumbers() throws {
    #expect(try scalars("double_value: nan").doubleValue.isNaN)
    #expect(try scalars("float_value: -NaN").floatValue.isNaN)
    #expect(try scalars("double_value: -0").doubleValue.sign == .minus)
    #expect(try scalars("float_value: -0.0").floatValue.sign == .minus)
    #expect(try scalars("float_value: 3.4028235e+38").floatValue == .greatestFiniteMagnitude)
    #expect(try scalars("float_value: 3.4028235e+39").floatValue == .infinity)
    #expect(try scalars("float_value: 1.17549e-39").floatValue == Float("1.17549e-39"))
  }

  @Test("True and false in all their spellings")
  func truth() throws {
    for text in ["true", "True", "t", "1", "0x1", "01"] {
      #expect(try scalars("bool_value: \(text)").boolValue)
    }
    for text in ["false", "False", "f", "0", "0x0", "00"] {
      #expect(try OptionalScalars(textFormatString: "bool_value: \(text)").hasBoolValue)
      #expect(try !scalars("bool_value: \(text)").boolValue)
    }
  }

  @Test("Enums by name, by another name, and by number, with or without a name")
  func enums() throws {
    for (text, color) in [
      ("COLOR_RED", Color.red), ("COLOR_CRIMSON", .red), ("-1", .negative), ("0x2", .color2D),
      ("99", Color(rawValue: 99)),
    ] {
      #expect(try Choices(textFormatString: "color: \(text)").choice == .color(color))
    }
    for text in ["RED", "color_red", "2147483648", "'COLOR_RED'", "1.0", "-COLOR_RED"] {
      #expect(throws: MessageCodingError.self) { try Choices(textFormatString: "color: \(text)") }
    }
  }

  @Test("Messages in braces or angle brackets, with a colon or without")
  func messages() throws {
    let tree = Tree.with { $0.leaf = .with { $0.name = "a" } }
    for text in [
      "leaf{name:'a'}", "leaf: { name: 'a' };", "leaf <name: 'a'>", "leaf:<name:'a',>,",
      "leaf { name: 'a'; }",
    ] {
      #expect(try Tree(textFormatString: text) == tree)
    }
    for text in [
      "leaf { name: 'a' >", "leaf < name: 'a' }", "leaf { name: 'a'", "leaf: 'a'", "leaf", "leaf:",
      "leaf { } }",
      "leaf [{}]", "{ }", "leaf {; }", "leaf { name: 'a';; }", ",", "leaf { {} }",
    ] {
      #expect(throws: MessageCodingError.self) { try Tree(textFormatString: text) }
    }
  }

  @Test("Lists in brackets, element by element, or both")
  func lists() throws {
    let numbers = RepeatedScalars.with { $0.int32Values = Array(1...10) }
    for text in [
      "int32_values: [1,2,3,4,5,6,7,8,9,10]",
      (1...10).map { "int32_values: \($0)" }.joined(separator: " "),
      "int32_values: 1 int32_values: [2, 3, 4] int32_values: [], int32_values: [5, 6, 7, 8, 9,\n10];",
    ] {
      #expect(try RepeatedScalars(textFormatString: text) == numbers)
    }
    #expect(
      try RepeatedScalars(textFormatString: "string_values: ['a' 'b', \"c\"] bool_values: [t, 0]")
        == .with {
          $0.stringValues = ["ab", "c"]
          $0.boolValues = [true, false]
        })
    let trees = Tree.with { $0.others = [.with { $0.end = "a" }, Tree()] }
    for text in ["others: [{end: 'a'}, <>]", "others [{end: 'a'},{}]", "others{end:'a'}others:[{}]"] {
      #expect(try Tree(textFormatString: text) == trees)
    }
    for text in ["[1,]", "[,1]", "[1 2]", "[1", "1]", "[[1]]", "[1;2]"] {
      #expect(throws: MessageCodingError.self) {
        try RepeatedScalars(textFormatString: "int32_values: \(text)")
      }
    }
  }

  @Test("Maps: of entries with one key the last counts, and a missing key or value is its default")
  func maps() throws {
    let text = """
      labels { key: "a" value: "b" } labels: [{ value: "c" key: "a" }, { key: "d" }, {}]
      leaves { key: 3 value: { name: "x" } } leaves { key: 4 } colors { key: -1 value: COLOR_RED }
      """
    #expect(
      try Maps(textFormatString: text)
        == .with {
          $0.labels = ["a": "c", "d": "", "": ""]
          $0.leaves = [3: .with { $0.name = "x" }, 4: Leaf()]
          $0.colors = [-1: .red]
        })
  }

  @Test("An Any in the form of its message or of its fields")
  func anyMessages() throws {
    let options = TextFormatDecodingOptions(types: .wellKnownTypes.adding([User.self]))
    let any = GoogleProtobuf.AnyMessage.with {
      $0.typeURL = "type.googleapis.com/userservice.User"
      $0.value = field(1, Array("42".utf8))
    }
    for text in [
      "[type.googleapis.com/userservice.User] { id: '42' }",
      "[ type . googleapis.com / userservice.User # a comment\n ] : < id: '42' > ;",
      #"type_url: "type.googleapis.com/userservice.User" value: "\n\00242""#,
    ] {
      #expect(try GoogleProtobuf.AnyMessage(textFormatString: text, options: options) == any)
    }
    for text in [
      "[type.googleapis.com/userservice.Nobody] {}", "[userservice.User] {}", "[/userservice.User] {}",
      "[a/b/userservice.User] {}", "[type.googleapis.com/userservice.User] { nobody: 1 }",
      "[type.googleapis.com/userservice.User] {} value: ''",
      "value: '' [type.googleapis.com/userservice.User] {}",
      "[type.googleapis.com/userservice.User] {} [type.googleapis.com/userservice.User] {}",
      "[type.googleapis.com/userservice.User] '42'", "[type.googleapis.com/userservice.User", "[]{}",
    ] {
      #expect(throws: MessageCodingError.self) {
        try GoogleProtobuf.AnyMessage(textFormatString: text, options: options)
      }
    }
  }

  @Test("Fields that the type does not have are passed over where that is wanted")
  func ignoredFields() throws {
    let text = """
      a: 1 int32_value: 1 b: -1.5 c: -inf d: 'x' "y" e: [1, 'a', NAME, {}, <a: 1>] f { g: [] h { } i: 0x1; }
      [pkg.extension]: 1, [pkg.other] { } 100: 1 101 { 1: 0x01 } j < > k: { } l: [{}, {}] m [{}] bool_value: true
      """
    let options = TextFormatDecodingOptions(ignoresUnknownFields: true)
    #expect(
      try Scalars(textFormatString: text, options: options)
        == .with {
          $0.int32Value = 1
          $0.boolValue = true
        })
    for text in [
      "a", "a: ", "a 1", "a: -name", "a {", "a { > ", "a: [1", "a: [1,]", "a: 1x", "a: '", "[a b]: 1",
    ] {
      #expect(throws: MessageCodingError.self) { try Scalars(textFormatString: text, options: options) }
    }
    #expect(throws: MessageCodingError.self) { try scalars("a: 1") }
  }
}
