import GoldenProtos
import Testing
import ThinGRPC
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes
import UserProtos

@Suite struct TextFormatHostileTests {
  func nested(_ name: String, _ depth: Int) -> String {
    String(repeating: "\(name)<", count: depth - 1) + String(repeating: ">", count: depth - 1)
  }

  @Test("100 levels of messages are read, 101 are refused, by an option more")
  func depthLimit() throws {
    _ = try Tree(textFormatString: nested("left", 100))
    #expect(
      throws: MessageCodingError(
        "Line 1, column 501: The message is nested deeper than the limit of 100 levels")
    ) {
      try Tree(textFormatString: nested("left", 101))
    }
    _ = try Tree(textFormatString: nested("left", 101), options: TextFormatDecodingOptions(maximumDepth: 101))
    #expect(throws: MessageCodingError.self) {
      try Tree(textFormatString: "", options: TextFormatDecodingOptions(maximumDepth: 0))
    }
  }

  @Test("100,000 levels are refused, whatever they go through")
  func veryDeep() {
    let ignoring = TextFormatDecodingOptions(ignoresUnknownFields: true)
    for name in ["left", "others", "named", "next", "unknown", "[a.b]", "7"] {
      #expect(throws: MessageCodingError.self) {
        try Tree(textFormatString: nested(name, 100_000), options: ignoring)
      }
    }
    #expect(throws: MessageCodingError.self) {
      try Tree(textFormatString: String(repeating: "others:[", count: 100_000))
    }
    #expect(throws: MessageCodingError.self) {
      try Tree(textFormatString: String(repeating: "unknown:[", count: 100_000), options: ignoring)
    }
    #expect(
      throws: MessageCodingError(
        "Line 1, column 2401: The message is nested deeper than the limit of 100 levels")
    ) {
      try GoogleProtobuf.AnyMessage(
        textFormatString: nested("[a/google.protobuf.Any]", 100_000),
        options: TextFormatDecodingOptions(types: .wellKnownTypes))
    }
  }

  @Test("What is written at the limit of the depth is read again, through maps and messages of type Any, too")
  func deepRoundTrip() throws {
    var tree = Tree()
    for _ in 0..<99 { tree = .with { $0.named = ["a": tree] } }
    #expect(try Tree(textFormatString: tree.textFormatString()) == tree)
    var any = GoogleProtobuf.AnyMessage()
    for _ in 0..<200 {
      any = try .with {
        $0.value = try any.serializedBytes()
        $0.typeURL = "a/google.protobuf.Any"
      }
    }
    let text = try any.textFormatString(
      options: TextFormatEncodingOptions(singleLine: true, types: .wellKnownTypes))
    #expect(text.count { $0 == "[" } == 100)
  }

  @Test("Text whose messages need far more memory than its own size is refused")
  func memory() throws {
    let few = try Maps(textFormatString: String(repeating: "labels{}", count: 1_000))
    #expect(few.labels == ["": ""])
    let many = "trees{value{others:[" + String(repeating: "{},", count: 530_000) + "{}]}}"
    #expect {
      try Maps(textFormatString: many)
    } throws: { error in
      "\(error)".hasSuffix("Reading the text needs more memory than its size may take")
    }
  }

  @Test("A megabyte of text takes its time in proportion, whatever it is")
  func proportion() throws {
    let count = 1 << 20
    let digits = String(repeating: "9", count: count)
    #expect(try Scalars(textFormatString: "double_value: \(digits)").doubleValue == .infinity)
    #expect(try Scalars(textFormatString: "double_value: 0.\(digits)").doubleValue == 1)
    #expect(throws: MessageCodingError.self) { try Scalars(textFormatString: "int32_value: \(digits)") }
    #expect(throws: MessageCodingError.self) { try Scalars(textFormatString: "bool_value: \(digits)") }
    let name = String(repeating: "n", count: count)
    #expect(throws: MessageCodingError.self) { try Scalars(textFormatString: "double_value: \(name)") }
    #expect(throws: MessageCodingError.self) { try Scalars(textFormatString: "bool_value: \(name)") }
    #expect(throws: MessageCodingError.self) { try Scalars(textFormatString: name) }
    #expect(
      try Scalars(textFormatString: "string_value: " + String(repeating: "''", count: count)).stringValue
        == "")
    let numbers = "int32_values: [" + String(repeating: "1,", count: count) + "1]"
    #expect(try RepeatedScalars(textFormatString: numbers).int32Values.count == count + 1)
    let strings = String(repeating: "string_values: 'a'\n", count: count / 16)
    #expect(try RepeatedScalars(textFormatString: strings).stringValues.count == count / 16)
    #expect(try Scalars(textFormatString: String(repeating: "#\n", count: count)) == Scalars())
  }

  @Test("Random changes to a text are refused or read, and never more than that")
  func mutations() throws {
    var random = SeededGenerator(seed: 4)
    let texts = [
      #"leaf { name: "a\x41\u1234\101" size: -0x1F } left <end: 'b'> others: [{}, {others {}}] # c"#,
      #"named { key: "k" value { next { leaf: { size: 017 }; }, } }"#,
    ].map { Array($0.utf8) }
    let pieces = Array(##"{}<>[]:;,"'\#-.0x1eEf nainft/_uU8"##.utf8) + [0, 10, 0xc3, 0xa9, 0xff]
    var readCount = 0
    for _ in 0..<20_000 {
      var text = texts.randomElement(using: &random) ?? []
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<text.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: text[place] = pieces.randomElement(using: &random) ?? 0
        case 1: text.insert(pieces.randomElement(using: &random) ?? 0, at: place)
        default: text.remove(at: place)
        }
      }
      // What is no UTF-8 is repaired: a string cannot be anything else.
      guard
        let tree = try? Tree(
          textFormatString: String(decoding: text, as: UTF8.self),
          options: TextFormatDecodingOptions(ignoresUnknownFields: Bool.random(using: &random)))
      else { continue }
      readCount += 1
      #expect(try Tree(textFormatString: tree.textFormatString()) == tree)
    }
    #expect(readCount > 100)
  }
}
