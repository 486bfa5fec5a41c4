import GoldenProtos
import Testing
import ThinGRPC
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes
import UserProtos

@Suite struct JSONWritingTests {
  @Test("Fields are written in the order of their numbers, with their names in lowerCamelCase")
  func message() throws {
    let user = User.with {
      $0.id = "42"
      $0.email = "ada@example.com"
      $0.plan = .pro
      $0.createdAt = .with { $0.seconds = 1 }
    }
    #expect(
      try user.jsonString()
        == #"{"id":"42","email":"ada@example.com","plan":"USER_PLAN_PRO","createdAt":"1970-01-01T00:00:01Z"}"#
    )
    #expect(try User(jsonString: user.jsonString()) == user)
    #expect(try user.jsonBytes() == Array(user.jsonString().utf8))
    #expect(try User().jsonString() == "{}")
  }

  @Test("The names of the .proto file can be kept, and enums be written as numbers")
  func namesAndNumbers() throws {
    let user = User.with {
      $0.plan = .pro
      $0.createdAt = GoogleProtobuf.Timestamp()
    }
    let options = JSONEncodingOptions(preservesProtoFieldNames: true, writesEnumsAsNumbers: true)
    #expect(try user.jsonString(options: options) == #"{"plan":2,"created_at":"1970-01-01T00:00:00Z"}"#)
  }

  @Test("Lines can be indented; what is empty stays on one line")
  func indentation() throws {
    let order = Tree.with {
      $0.leaf = .with { $0.name = "a" }
      $0.others = [Tree(), .with { $0.named = ["b": Tree()] }]
    }
    #expect(
      try order.jsonString(options: JSONEncodingOptions(indentation: 2)) == """
        {
          "leaf": {
            "name": "a"
          },
          "others": [
            {},
            {
              "named": {
                "b": {}
              }
            }
          ]
        }
        """)
  }

  @Test("Fields without presence can be written with their defaults; those with presence never are")
  func defaults() throws {
    let options = JSONEncodingOptions(includesDefaultValues: true)
    #expect(try Leaf().jsonString(options: options) == #"{"name":"","size":0}"#)
    #expect(try OptionalScalars().jsonString(options: options) == "{}")
    #expect(try Choices().jsonString(options: options) == #"{"note":""}"#)
    #expect(try Defaults().jsonString(options: options) == "{}")
    #expect(
      try Scalars().jsonString(options: options)
        == #"{"doubleValue":0,"floatValue":0,"int32Value":0,"int64Value":"0","uint32Value":0,"uint64Value":"0","sint32Value":0,"sint64Value":"0","fixed32Value":0,"fixed64Value":"0","sfixed32Value":0,"sfixed64Value":"0","boolValue":false,"stringValue":"","bytesValue":""}"#
    )
    #expect(
      try Packing().jsonString(options: options) == #"{"plain":[],"packed":[],"flags":[]}"#)
    #expect(
      try Outer.with { $0.inner = Outer.Inner() }.jsonString(options: options)
        == #"{"inner":{"mode":"MODE_UNSPECIFIED"},"inners":[],"modes":[]}"#)
  }

  @Test("Quotes, backslashes and control characters are escaped wherever they are; all else stays")
  func escapes() throws {
    for prefix in ["", "1234567", "12345678", "123456789abcdef", String(repeating: "x", count: 100)] {
      for suffix in ["", "z", "1234567", "12345678"] {
        let text = prefix + "\"\\\u{8}\u{c}\n\r\t\u{0}\u{1f}\u{7f}é谷😁/" + suffix
        let json = try Leaf.with { $0.name = text }.jsonString()
        #expect(
          json == #"{"name":""# + prefix + #"\"\\\b\f\n\r\t\u0000\u001f"# + "\u{7f}é谷😁/" + suffix + #""}"#)
        #expect(try Leaf(jsonString: json).name == text)
      }
    }
  }

  @Test("The extremes of all numbers")
  func extremes() throws {
    let message = Scalars.with {
      $0.doubleValue = -.greatestFiniteMagnitude
      $0.floatValue = .leastNonzeroMagnitude
      $0.int32Value = .min
      $0.int64Value = .min
      $0.uint32Value = .max
      $0.uint64Value = .max
      $0.sfixed64Value = .max
      $0.boolValue = true
      $0.bytesValue = [0xfb, 0xff]
    }
    let json = try message.jsonString()
    #expect(
      json
        == #"{"doubleValue":-1.7976931348623157e+308,"floatValue":1e-45,"int32Value":-2147483648,"int64Value":"-9223372036854775808","uint32Value":4294967295,"uint64Value":"18446744073709551615","sfixed64Value":"9223372036854775807","boolValue":true,"bytesValue":"+/8="}"#
    )
    #expect(try Scalars(jsonString: json) == message)
  }

  @Test("Numbers have the shortest form that is read as the same value")
  func numbers() throws {
    let values: [(Double, String)] = [
      (0.1, "0.1"), (-0.0, "-0.0"), (1, "1"), (-17, "-17"), (1e15, "1000000000000000"), (1e16, "1e+16"),
      (123_456_789_012_345_680, "1.2345678901234568e+17"), (1e23, "1e+23"),
      (.leastNonzeroMagnitude, "5e-324"),
      (.infinity, "\"Infinity\""),
      (-.infinity, "\"-Infinity\""), (.nan, "\"NaN\""), (9_007_199_254_740_992, "9007199254740992"),
    ]
    for (value, text) in values {
      let json = try OptionalScalars.with { $0.doubleValue = value }.jsonString()
      #expect(json == #"{"doubleValue":\#(text)}"#)
      let decoded = try OptionalScalars(jsonString: json).doubleValue
      #expect(decoded.bitPattern == value.bitPattern || value.isNaN && decoded.isNaN)
    }
    let floats: [(Float, String)] = [(0.1, "0.1"), (16_777_216, "16777216"), (3.4028235e38, "3.4028235e+38")]
    for (value, text) in floats {
      #expect(try OptionalScalars.with { $0.floatValue = value }.jsonString() == #"{"floatValue":\#(text)}"#)
    }
  }

  @Test("Random numbers come back as they were")
  func randomNumbers() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      let message = RepeatedScalars.with {
        for _ in 0..<10 {
          let double = Double(bitPattern: random.next())
          $0.doubleValues.append(double.isNaN ? 0 : double)
          $0.doubleValues.append(Double(random.next() >> 20) / 1000)
          let float = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
          $0.floatValues.append(float.isNaN ? 0 : float)
          $0.floatValues.append(Float(Int64.random(in: -100_000_000...100_000_000)) / 1000)
          $0.int64Values.append(Int64(bitPattern: random.next() >> UInt64.random(in: 0..<64)))
          $0.uint64Values.append(random.next() >> UInt64.random(in: 0..<64))
          $0.int32Values.append(Int32(truncatingIfNeeded: random.next()))
        }
      }
      #expect(try RepeatedScalars(jsonString: message.jsonString()) == message)
    }
  }

  @Test("Bytes of every length come back as they were")
  func base64() throws {
    for count in 0..<70 {
      let message = OptionalScalars.with {
        $0.bytesValue = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
      }
      #expect(try OptionalScalars(jsonString: message.jsonString()) == message)
    }
    #expect(
      try OptionalScalars.with { $0.bytesValue = Array("foob".utf8) }.jsonString()
        == #"{"bytesValue":"Zm9vYg=="}"#)
  }

  @Test("Maps have strings for keys, whatever their type")
  func maps() throws {
    let single: [(Maps, String)] = [
      (.with { $0.labels = ["a\"": ""] }, #"{"labels":{"a\"":""}}"#),
      (.with { $0.numbers = [-1: 2] }, #"{"numbers":{"-1":"2"}}"#),
      (.with { $0.switches = [true: 0.5] }, #"{"switches":{"true":0.5}}"#),
      (.with { $0.blobs = [.max: [1]] }, #"{"blobs":{"18446744073709551615":"AQ=="}}"#),
      (.with { $0.colors = [0: .red] }, #"{"colors":{"0":"COLOR_RED"}}"#),
      (.with { $0.colors = [0: Color(rawValue: 77)] }, #"{"colors":{"0":77}}"#),
      (.with { $0.leaves = [0: Leaf()] }, #"{"leaves":{"0":{}}}"#),
    ]
    for (message, json) in single {
      #expect(try message.jsonString() == json)
      #expect(try Maps(jsonString: json) == message)
    }
  }

  @Test("Maps can be sorted, so that equal messages have the same JSON")
  func sortedMaps() throws {
    let message = Maps.with {
      $0.labels = ["b": "1", "a": "2", "ab": "3"]
      $0.numbers = [10: 1, -1: 2, 9: 3]
      $0.switches = [true: 1, false: 2]
    }
    #expect(
      try message.jsonString(options: JSONEncodingOptions(sortsMaps: true))
        == #"{"labels":{"a":"2","ab":"3","b":"1"},"numbers":{"-1":"2","9":"3","10":"1"},"switches":{"false":2,"true":1}}"#
    )
  }

  @Test("Groups are written and read as messages are")
  func groups() throws {
    let message = Grouped.with {
      $0.single = .with { $0.inner = .with { $0.text = "a" } }
      $0.many = [.with { $0.number = 1 }, .init()]
    }
    let json = try message.jsonString()
    #expect(json == #"{"single":{"inner":{"text":"a"}},"many":[{"number":1},{}]}"#)
    #expect(try Grouped(jsonString: json) == message)
    #expect(try Grouped(jsonString: json).serializedBytes() == message.serializedBytes())
  }

  @Test("A message that lacks a field that is required is written, and refused where it is read")
  func required() throws {
    let json = try Strict.with { $0.inner.number = 1 }.jsonString()
    #expect(json == #"{"inner":{"number":1}}"#)
    #expect(throws: MessageCodingError.self) { try Strict(jsonString: json) }
  }

  @Test("A field's own name in JSON is used, and both of its names are read")
  func jsonName() throws {
    let message = Packing.with { $0.renamed = 1 }
    #expect(try message.jsonString() == #"{"other":1}"#)
    #expect(try Packing(jsonString: #"{"other":1}"#) == message)
    #expect(try Packing(jsonString: #"{"renamed":1}"#) == message)
  }

  @Test("Messages are not written deeper than they can be read")
  func depth() throws {
    var tree = Tree()
    for _ in 1..<100 { tree = .with { $0.left = tree } }
    #expect(try Tree(jsonString: tree.jsonString()) == tree)
    tree = .with { $0.left = tree }
    #expect(throws: MessageCodingError.self) { try tree.jsonString() }
  }
}
