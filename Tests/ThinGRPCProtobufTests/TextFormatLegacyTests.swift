import GoldenProtos
import Testing
import ThinGRPC
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes

/// What only proto2 has.
@Suite struct TextFormatLegacyTests {
  let oneLine = TextFormatEncodingOptions(singleLine: true, types: extensions)
  static let extensions = TypeRegistry(
    extensions: [
      Open.rank, Open.tags, Open.offsets, Open.strict, Open.openLevel, Open.layoutExtension, Opener.opener,
      Opener.part,
    ])

  @Test("Groups have the name of their message")
  func groups() throws {
    let message = Grouped.with {
      $0.single = .with {
        $0.number = 1
        $0.inner.text = "a"
      }
      $0.many = [.with { $0.number = 2 }, Grouped.Many()]
      $0.chosen.text = "b"
    }
    let text = #"Single { number: 1 Inner { text: "a" } } Many { number: 2 } Many { } Chosen { text: "b" }"#
    #expect(try message.textFormatString(options: oneLine) == text)
    #expect(try Grouped(textFormatString: text) == message)
    #expect(
      try Grouped(
        textFormatString: "Single: < number: 1 inner { text: 'a' } > many [{number: 2}, {}] Chosen{text:'b'}")
        == message)
    #expect(throws: MessageCodingError.self) { try Grouped(textFormatString: "SINGLE {}") }
    #expect(throws: MessageCodingError.self) { try Grouped(textFormatString: "Single {} single {}") }
    #expect(throws: MessageCodingError.self) { try Grouped(textFormatString: "Message {}") }
  }

  @Test("A field that is required must be there, unless an option says otherwise; what lacks one is written")
  func requiredFields() throws {
    for (text, reason) in [
      ("number: 1", "Line 1, column 10: The golden.Strict lacks its required field name"),
      ("name: 'a' inner {\n}", "Line 2, column 1: The golden.Strict lacks its required field name"),
      (
        "name: 'a' named { key: 'k' value {} }",
        "Line 1, column 35: The golden.Strict lacks its required field name"
      ),
    ] {
      #expect(throws: MessageCodingError(reason)) { try Strict(textFormatString: text) }
      let partial = try Strict(
        textFormatString: text, options: TextFormatDecodingOptions(allowsMissingRequiredFields: true))
      #expect(try partial.textFormatString().isEmpty == false)
      #expect(!partial.debugDescription.hasPrefix("#"))
    }
    #expect(try Strict(textFormatString: "name: 'a' inner { name: '' }").inner.hasName)
  }

  @Test("The numbers of a closed enum need a name")
  func closedEnums() throws {
    #expect(
      try Closed(textFormatString: "level: 2 levels: [LEVEL_LOW, -1] by_name { key: 'a' value: GRADE_ONE }")
        == .with {
          $0.level = .high
          $0.levels = [.low, .negative]
          $0.byName = ["a": .one]
        })
    #expect(throws: MessageCodingError("Line 1, column 8: The enum of the field level has no such value")) {
      try Closed(textFormatString: "level: 7")
    }
  }

  @Test("Extensions are written and read by their full names, where the registry has them")
  func values() throws {
    var open = Open.with { $0.name = "a" }
    open[Open.rank] = 3
    open[Open.tags] = ["x", "y"]
    open[Open.offsets] = [-1, 1]
    open[Open.strict].name = "s"
    open[Open.openLevel] = .high
    open[Open.layoutExtension] = [0, 255]
    open[Opener.opener].text = "o"
    open[Opener.part] = [.with { $0.number = 1 }, .with { $0.number = 2 }]
    let text = #"""
      name: "a" [golden.rank]: 3 [golden.tags]: "x" [golden.tags]: "y" [golden.offsets]: -1 [golden.offsets]: 1 \#
      [golden.strict] { name: "s" } [golden.open_level]: LEVEL_HIGH [golden.layout]: "\000\377" \#
      [golden.Opener.opener] { text: "o" } [golden.Opener.part] { number: 1 } [golden.Opener.part] { number: 2 }
      """#
    #expect(try open.textFormatString(options: oneLine) == text)
    let options = TextFormatDecodingOptions(types: Self.extensions)
    #expect(try Open(textFormatString: text, options: options) == open)
    let another = """
      [golden.Opener.part] [{number: 1}, {number: 2}] [golden.Opener.opener]: <text: 'o'>
      [golden . tags]: ['x', 'y'], name: 'a'; [golden.offsets]: [-1] [golden.offsets]: 1 # comment
      [golden.open_level]: 2 [golden.layout]: '\\000\\377' [golden.strict] { name: 's' } [golden.rank]: 0x3
      """
    let read = try Open(textFormatString: another, options: options)
    #expect(try read.textFormatString(options: oneLine) == text)
    #expect(read[Open.rank] == 3 && read[Opener.part].count == 2)
  }

  @Test("Extensions that are not in the registry, or are malformed, are unknown fields")
  func unknownExtensions() throws {
    let open = try Open(serializedBytes: bytes("a00603 aa0601ff c80601"))
    let options = TextFormatEncodingOptions(
      singleLine: true, printsUnknownFields: true, types: Self.extensions)
    #expect(try open.textFormatString(options: options) == #"[golden.rank]: 3 101: "\377" 105: 1"#)
    #expect(try open.textFormatString(options: oneLine) == "[golden.rank]: 3")
    #expect(open.debugDescription == "100: 3\n101: \"\\377\"\n105: 1")
  }

  @Test(
    "Extensions that cannot be read",
    arguments: [
      "[golden.nothing]: 1", "[golden.rank]: 1 [golden.rank]: 2", "[golden.rank]: 'a'", "[golden.rank] 1",
      "[golden.strict] {}", "[golden.strict] { name: 'a' } [golden.strict] { name: 'b' }", "[golden/rank]: 1",
      "[golden.open_level]: 9", "[golden.rank]: [1]", "[rank]: 1", "[golden.rank: 1", "golden.rank: 1",
    ])
  func refused(text: String) {
    #expect(throws: MessageCodingError.self) {
      try Open(textFormatString: text, options: TextFormatDecodingOptions(types: Self.extensions))
    }
    #expect(throws: MessageCodingError.self) { try Open(textFormatString: text) }
  }

  @Test("Extensions inside an Any, and with groups in them")
  func extensionsInAny() throws {
    let types = Self.extensions.adding([Open.self])
    let text = "[a.b/golden.Open] { [golden.Opener.part] { number: 1 } [golden.tags]: \"x\" }"
    let any = try GoogleProtobuf.AnyMessage(
      textFormatString: text, options: TextFormatDecodingOptions(types: types))
    #expect(any.value == bytes("fb060801fc06 aa060178"))
    #expect(
      try any.textFormatString(options: TextFormatEncodingOptions(singleLine: true, types: types))
        == "[a.b/golden.Open] { [golden.tags]: \"x\" [golden.Opener.part] { number: 1 } }")
  }

  @Test("Groups inside each other that came unknown are written to 100 levels, and more are an error")
  func deepUnknownGroups() throws {
    func groups(_ depth: Int) throws -> Open {
      try Open(
        serializedBytes: [UInt8](repeating: 0x13, count: depth) + [UInt8](repeating: 0x14, count: depth),
        options: DecodingOptions(maximumDepth: 1_000))
    }
    let options = TextFormatEncodingOptions(singleLine: true, printsUnknownFields: true)
    #expect(try groups(100).textFormatString(options: options).count { $0 == "{" } == 100)
    #expect(throws: MessageCodingError("The message is nested deeper than 100 levels")) {
      try groups(102).textFormatString(options: options)
    }
    #expect(try groups(102).debugDescription == "# The message is nested deeper than 100 levels")
    #expect(try groups(102).textFormatString().isEmpty)
  }
}
