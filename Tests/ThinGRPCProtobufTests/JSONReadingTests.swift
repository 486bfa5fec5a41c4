import GoldenProtos
import Testing
import ThinGRPC
import ThinGRPCProtobuf
import UserProtos

@Suite struct JSONReadingTests {
  @Test(
    "Whole numbers may have a point or an exponent, or be strings",
    arguments: [
      ("1", 1), ("-0", 0), ("1.0", 1), ("1e2", 100), ("1E+2", 100), ("1.5e1", 15), ("100e-2", 1),
      ("0e99999999999999999999", 0),
      ("\"1\"", 1), ("\"1e2\"", 100), ("\"\\u0031\"", 1),
      ("2147483647.000000000000000000000000000", 2_147_483_647),
      ("0.0000000000000000000000000001e28", 1), ("-2147483648", -2_147_483_648), ("null", 0),
    ] as [(String, Int32)])
  func wholeNumbers(text: String, value: Int32) throws {
    #expect(try Leaf(jsonString: #"{"size":\#(text)}"#).size == value)
  }

  @Test(
    "What is no number of the field's type is refused",
    arguments: [
      "2147483648", "-2147483649", "1.5", "1e-1", "1e10", "01", "-01", "+1", "1.", ".5", "1e", "1e+", "--1",
      "-", "0x1", "\"\"",
      "\" 1\"", "\"1 \"", "\"0x1\"", "\"1\\u0000\"", "true", "[1]", "{}", "NaN", "\"NaN\"",
      "1e99999999999999999999",
      "11111111111111111111111111", "nul", "nulll", "1 2", "'1'", "",
    ])
  func badNumbers(text: String) {
    #expect(throws: MessageCodingError.self) { try Leaf(jsonString: #"{"size":\#(text)}"#) }
  }

  @Test("64-bit numbers are read to the last digit, and not beyond")
  func largeNumbers() throws {
    func read(_ name: String, _ text: String) throws -> OptionalScalars {
      try OptionalScalars(jsonString: #"{"\#(name)":\#(text)}"#)
    }
    #expect(try read("int64Value", "-9223372036854775808").int64Value == .min)
    #expect(try read("int64Value", "922337203685477580.7e1").int64Value == .max)
    #expect(try read("uint64Value", "1844674407370955161500e-2").uint64Value == .max)
    #expect(throws: MessageCodingError.self) { try read("int64Value", "9223372036854775808") }
    #expect(throws: MessageCodingError.self) { try read("uint64Value", "18446744073709551616") }
    #expect(throws: MessageCodingError.self) { try read("uint64Value", "-1") }
    #expect(throws: MessageCodingError.self) { try read("uint32Value", "4294967296") }
  }

  @Test("Numbers with a fraction are rounded to the nearest value, and those too large for any refused")
  func fractions() throws {
    let doubles = [
      "0.1", "1e-400", "123456789.123456789", "2.2250738585072011e-308", "9007199254740993",
      "1.7976931348623157e308", "1e22",
      "0.000000000000000000000000000001", "179769313486231570000e288", "3.0e-2",
    ]
    for text in doubles {
      let value = try OptionalScalars(jsonString: #"{"doubleValue":\#(text)}"#).doubleValue
      #expect(value == Double(text))
      #expect(try OptionalScalars(jsonString: #"{"doubleValue":"\#(text)"}"#).doubleValue == value)
    }
    // The last two are rounded wrongly by way of a double.
    for text in [
      "0.1", "3.4028235e38", "1e-45", "16777217", "1.00000017881393432617187499",
      "1.00000017881393432617187501",
    ] {
      #expect(try OptionalScalars(jsonString: #"{"floatValue":\#(text)}"#).floatValue == Float(text))
    }
    for text in ["1e309", "-1.8e308", "1\(String(repeating: "0", count: 400))"] {
      #expect(throws: MessageCodingError.self) {
        try OptionalScalars(jsonString: #"{"doubleValue":\#(text)}"#)
      }
    }
    for text in ["3.4028236e38", "-1e39", "1e300"] {
      #expect(throws: MessageCodingError.self) {
        try OptionalScalars(jsonString: #"{"floatValue":\#(text)}"#)
      }
    }
  }

  @Test(
    "What is not JSON is refused",
    arguments: [
      "", " ", "{", "}", "[]", "null", "1", "\"\"", "{]", "{\"name\"}", "{\"name\":}", "{\"name\":\"a\"",
      "{\"name\":\"a\",}", "{,}",
      "{\"name\":\"a\" \"size\":1}", "{\"name\":\"a\"}}", "{\"name\":\"a\"} x", "{name:\"a\"}",
      "{'name':'a'}", "{\"name\":\"a}",
      "{\"name\":\"a\\\"}", "{\"name\":\"\\x\"}", "{\"name\":\"\\u12\"}", "{\"name\":\"\\ud800\"}",
      "{\"name\":\"\\udc00\"}",
      "{\"name\":\"\\ud800\\u0041\"}", "{\"name\":\"\\ud800x\"}", "{\"name\":\"\n\"}",
      "{\"name\":\"a\u{0}\"}", "{}\u{0}",
      "{\"name\":\"a\"/**/}", "\u{feff}{}", "{\u{a0}}", "{\"name\":\"a\";\"size\":1}", "{{}}",
    ])
  func notJSON(text: String) {
    #expect(throws: MessageCodingError.self) { try Leaf(jsonString: text) }
    #expect(throws: MessageCodingError.self) { try Leaf(jsonBytes: Array(text.utf8)) }
  }

  @Test("White space may be between all parts, and escapes in all strings")
  func spaceAndEscapes() throws {
    let json = " \n\t\r{ \"n\\u0061me\" : \"\\u00e9\\ud83d\\ude01\\/\\b\" , \"size\" : 1 } \n"
    #expect(
      try Leaf(jsonString: json)
        == .with {
          $0.name = "é😁/\u{8}"; $0.size = 1
        })
    let array = "{\"others\" : [ { } , {\"leaf\":{ }} ]}"
    #expect(try Tree(jsonString: array) == .with { $0.others = [Tree(), .with { $0.leaf = Leaf() }] })
  }

  @Test("Bytes that are not UTF-8 are refused, in text and between it")
  func notUTF8() {
    for bytes in [[0xff], Array(#"{"name":""#.utf8) + [0xc3] + Array(#""}"#.utf8)] as [[UInt8]] {
      #expect(throws: MessageCodingError.self) { try Leaf(jsonBytes: bytes) }
    }
  }

  @Test("A field that comes twice is refused, by whichever of its names, and so are two fields of a oneof")
  func duplicates() throws {
    for json in [
      #"{"createdAt":null,"created_at":null}"#, #"{"id":"a","id":"a"}"#,
      #"{"createdAt":"1970-01-01T00:00:00Z","created_at":null}"#,
    ] {
      #expect(throws: MessageCodingError.self) { try User(jsonString: json) }
    }
    #expect(throws: MessageCodingError.self) { try Choices(jsonString: #"{"text":"","number":0}"#) }
    #expect(try Choices(jsonString: #"{"text":null,"number":0,"flag":null}"#).choice == .number(0))
    #expect(try Maps(jsonString: #"{"labels":{"a":"b","a":"c"}}"#).labels == ["a": "c"])
  }

  @Test("Null is no value for a field, and no element")
  func null() throws {
    #expect(try Tree(jsonString: #"{"leaf":null,"others":null,"named":null,"next":null}"#) == Tree())
    #expect(throws: MessageCodingError.self) { try Tree(jsonString: #"{"others":[null]}"#) }
    #expect(throws: MessageCodingError.self) { try Tree(jsonString: #"{"named":{"a":null}}"#) }
    #expect(throws: MessageCodingError.self) { try Maps(jsonString: #"{"labels":{null:"a"}}"#) }
  }

  @Test("Fields and enum names that are not known are refused, or passed over when that is asked for")
  func unknown() throws {
    let json =
      #"{"unknown":[{"a":"\n"},-1.5e3,null,true,false,[]],"mode":"NONE","modes":["MODE_FAST","NONE",1],"x":{}}"#
    #expect(throws: MessageCodingError.self) { try Outer(jsonString: json) }
    let outer = try Outer(jsonString: json, options: JSONDecodingOptions(ignoresUnknownFields: true))
    #expect(outer == .with { $0.modes = [.fast, .fast] })
    let maps = #"{"colors":{"1":"NONE","2":"COLOR_RED"}}"#
    #expect(
      try Maps(jsonString: maps, options: JSONDecodingOptions(ignoresUnknownFields: true)).colors == [2: .red]
    )
    for wrong in [#"{"x":[1,]}"#, #"{"x":{"a"}}"#, #"{"x":"}"#, #"{"x":01}"#, #"{"x":tru}"#, #"{"x":}"#] {
      #expect(throws: MessageCodingError.self) {
        try Outer(jsonString: wrong, options: JSONDecodingOptions(ignoresUnknownFields: true))
      }
    }
  }

  @Test("Enums are read by each of their names or as numbers; closed ones only if the number has a name")
  func enums() throws {
    #expect(try Choices(jsonString: #"{"color":"COLOR_CRIMSON"}"#).color == .red)
    #expect(try Choices(jsonString: #"{"color":-1}"#).color.rawValue == -1)
    #expect(try Choices(jsonString: #"{"color":77}"#).color.rawValue == 77)
    #expect(throws: MessageCodingError.self) { try Choices(jsonString: #"{"color":"1"}"#) }
    #expect(throws: MessageCodingError.self) { try Choices(jsonString: #"{"color":"color_red"}"#) }
    #expect(throws: MessageCodingError.self) { try Choices(jsonString: #"{"color":1.5}"#) }
    #expect(try Closed(jsonString: #"{"level":2}"#).level.rawValue == 2)
    #expect(throws: MessageCodingError.self) { try Closed(jsonString: #"{"level":77}"#) }
  }

  @Test("Base64 is read in both alphabets, with padding or without")
  func base64() throws {
    func read(_ text: String) throws -> [UInt8] {
      try OptionalScalars(jsonString: #"{"bytesValue":"\#(text)"}"#).bytesValue
    }
    for text in ["+/8=", "+/8", "-_8=", "-_8"] { #expect(try read(text) == [0xfb, 0xff]) }
    #expect(try read("\\u002b/8=") == [0xfb, 0xff])
    #expect(try read("AA==") == [0])
    for text in ["A", "AA=", "AAA==", "A===", "=", "====", "AA==AA==", "A A=", "AA==\\n", "é", "AAAAA"] {
      #expect(throws: MessageCodingError.self) { try read(text) }
    }
  }

  @Test("The keys of maps are read as their type has it")
  func mapKeys() throws {
    #expect(
      try Maps(jsonString: #"{"switches":{"tr\u0075e":1,"false":"2"}}"#).switches == [true: 1, false: 2])
    for json in [
      #"{"switches":{"True":1}}"#, #"{"numbers":{"a":1}}"#, #"{"numbers":{"1.5":1}}"#,
      #"{"numbers":{"2147483648":1}}"#,
      #"{"blobs":{"-1":""}}"#, #"{"numbers":{1:1}}"#, #"{"numbers":[]}"#, #"{"numbers":{"1":1,}}"#,
    ] {
      #expect(throws: MessageCodingError.self) { try Maps(jsonString: json) }
    }
  }

  @Test("Required fields must be there, unless the options say otherwise")
  func required() throws {
    let json = #"{"name":"a","inner":{"number":1}}"#
    let error = #expect(throws: MessageCodingError.self) { try Strict(jsonString: json) }
    #expect(error?.fieldPath == ["inner", "name"])
    #expect(throws: MessageCodingError.self) { try Strict(jsonString: "{}") }
    let strict = try Strict(jsonString: json, options: JSONDecodingOptions(allowsMissingRequiredFields: true))
    #expect(strict.inner.number == 1)
  }

  @Test("An error names the field and the place, and nothing of the text")
  func errors() throws {
    let json = #"{"others":[{},{"named":{"a":{},"b":{"leaf":{"size":"secret"}}}}]}"#
    let error = #expect(throws: MessageCodingError.self) { try Tree(jsonString: json) }
    #expect(error?.fieldPath == ["others[1]", "named[1]", "leaf", "size"])
    #expect(
      error?.description
        == "The JSON is not a valid golden.Tree: at byte 59, the string before is not a number (in the field others[1].named[1].leaf.size)"
    )
    let unknown = #expect(throws: MessageCodingError.self) { try Leaf(jsonString: #"{"secret":1}"#) }
    #expect(unknown?.description.contains("secret") == false)
  }
}
