import GoldenProtos
import Testing
import ThinGRPC
import ThinGRPCProtobuf

@Suite("Oneofs of messages whose fields lie in a list")
struct WideOneofTests {
  private static let texts: [any WritableKeyPath<WideChoice, String> & Sendable] = [
    \.member1, \.member5, \.member9, \.member13, \.member17, \.member21, \.member25, \.member29, \.member33,
    \.member37,
  ]
  private static let messages: [any WritableKeyPath<WideChoice, Wide.Inner> & Sendable] = [
    \.member2, \.member6, \.member10, \.member14, \.member18, \.member22, \.member26, \.member30, \.member34,
    \.member38,
  ]
  private static let numbers: [any WritableKeyPath<WideChoice, UInt64> & Sendable] = [
    \.member3, \.member7, \.member11, \.member15, \.member19, \.member23, \.member27, \.member31, \.member35,
    \.member39,
  ]
  private static let flags: [any WritableKeyPath<WideChoice, Bool> & Sendable] = [
    \.member4, \.member8, \.member12, \.member16, \.member20, \.member24, \.member28, \.member32, \.member36,
    \.member40,
  ]

  /// Sets each field in turn, with the bytes of the message then.
  private static var changes: [(content: [UInt8], change: (inout WideChoice) -> Void)] {
    (0..<10).flatMap { index -> [(content: [UInt8], change: (inout WideChoice) -> Void)] in
      let tag = { (place: Int, wireType: Int) in varint((index * 4 + place) << 3 | wireType) }
      return [
        (tag(1, 2) + [1, 97], { $0[keyPath: texts[index]] = "a" }),
        (tag(2, 2) + [2, 16, 3], { $0[keyPath: messages[index]].size = 3 }),
        (tag(3, 1) + [8, 0, 0, 0, 0, 0, 0, 0], { $0[keyPath: numbers[index]] = 8 }),
        (tag(4, 0) + [1], { $0[keyPath: flags[index]] = true }),
      ]
    }
  }

  @Test("Whichever field follows whichever, the last is there alone, and a copy has what it had")
  func each() throws {
    for (before, first) in Self.changes {
      var original = WideChoice()
      first(&original)
      for (after, second) in Self.changes {
        var message = original
        second(&message)
        #expect(try message.serializedBytes() == after)
        #expect(try WideChoice(serializedBytes: after) == message)
        #expect((message == original) == (before == after))
      }
      #expect(try original.serializedBytes() == before)
    }
  }

  @Test("The enum of a oneof is what its fields are, in both directions")
  func enumeration() throws {
    var seen: Set<WideChoice.Choice> = []
    for (content, change) in Self.changes {
      var message = WideChoice()
      change(&message)
      let choice = try #require(message.choice)
      #expect(seen.insert(choice).inserted)
      var other = WideChoice()
      other.choice = choice
      #expect(try other.serializedBytes() == content)
      #expect(other == message && other.hashValue == message.hashValue && other.choice == choice)
      other.choice = nil
      #expect(other == WideChoice() && other.choice == nil)
    }
    #expect(seen.count == 40 && seen.contains(.member2(.with { $0.size = 3 })))
    #expect(WideChoice.Choice.member1("a") != .member5("a") && WideChoice.Choice.member1("a") != .member1(""))
    let unset = WideChoice.with { $0.member1 = String(repeating: "long", count: 10) }
    #expect(unset.member5 == "" && unset.member2 == Wide.Inner() && unset.member3 == 0 && !unset.member4)
  }

  @Test("Values that were taken out of a oneof stay as they are")
  func taken() {
    let long = String(repeating: "long", count: 10)
    var message = WideChoice.with { $0.member2.name = long }
    let (inner, choice) = (message.member2, message.choice)
    message.member2.name += "x"
    message.member1 = long
    #expect(inner.name == long && choice == .member2(.with { $0.name = long }))
    message.choice = choice
    #expect(message.member2 == inner && message.member1 == "")
  }

  @Test(
    "Bytes that have several fields of a oneof set the last, and messages are merged where the same is set again"
  )
  func merging() throws {
    let bytes = field(2, [10, 1, 97]) + field(1, [98]) + field(6, [10, 1, 99]) + field(6, [16, 5])
    let message = try WideChoice(serializedBytes: bytes)
    #expect(message.choice == .member6(.with { ($0.name, $0.size) = ("c", 5) }))
    var merged = message
    try merged.merge(serializedBytes: field(6, [10, 1, 100]))
    #expect(merged.member6 == .with { ($0.name, $0.size) = ("d", 5) } && message.member6.name == "c")
    #expect(throws: MessageCodingError.self) { try WideChoice(serializedBytes: field(1, [0xff])) }
    #expect(throws: MessageCodingError.self) { try WideChoice(serializedBytes: field(2, [0x0a])) }
    #expect(throws: MessageCodingError.self) { try WideChoice(serializedBytes: field(2, [10, 1, 0xff])) }
    for count in 0..<bytes.count {
      guard let cut = try? WideChoice(serializedBytes: Array(bytes.prefix(count))) else { continue }
      #expect(try WideChoice(serializedBytes: cut.serializedBytes()) == cut)
    }
  }

  @Test("JSON and text have the field that is set")
  func text() throws {
    for (_, change) in Self.changes {
      var message = WideChoice()
      change(&message)
      #expect(try WideChoice(jsonString: message.jsonString()) == message)
      #expect(try WideChoice(textFormatString: message.textFormatString()) == message)
    }
    #expect(try WideChoice.with { $0.member4 = false }.jsonString() == #"{"member4":false}"#)
  }

  @Test("Defaults, closed enums and groups of proto2, and a message in one of its kind")
  func legacy() throws {
    var message = WideLegacy()
    #expect(message.pickedName == "none" && message.pickedColor == .blue && message.pickedFlag)
    #expect(message.pickedData == [0, 55] && message.pickedRatio == -1.5 && message.pick == nil)
    var whole = try WideLegacy(serializedBytes: bytes(WideMessageTests.legacyReference))
    // JSON and text have it only where they are told of it.
    whole.clear(WideLegacy.wideNote)
    let needed = try whole.serializedBytes()
    func encoded(_ change: (inout WideLegacy) -> Void) throws -> [UInt8] {
      var message = try WideLegacy(serializedBytes: needed)
      change(&message)
      let encoded = try message.serializedBytes()
      #expect(try WideLegacy(serializedBytes: encoded) == message)
      #expect(try WideLegacy(jsonString: message.jsonString()).pick == message.pick)
      #expect(try WideLegacy(textFormatString: message.textFormatString()).pick == message.pick)
      return encoded
    }
    let tag = { (number: Int, wireType: Int) in varint(number << 3 | wireType) }
    let contents: [(content: [UInt8], change: (inout WideLegacy) -> Void)] = [
      (tag(240, 2) + [0], { $0.pickedName = "" }), (tag(241, 0) + [1], { $0.pickedColor = .red }),
      (tag(242, 0) + [0], { $0.pickedFlag = false }), (tag(243, 2) + [1, 9], { $0.pickedData = [9] }),
      (tag(244, 5) + [0, 0, 0, 0x80], { $0.pickedRatio = -0.0 }),
      (tag(246, 3) + [10, 1, 97] + tag(246, 4), { $0.pickedpart.label = "a" }),
    ]
    for (content, change) in contents {
      #expect(try encoded(change).count == needed.count + content.count)
      #expect(try encoded(change).sorted() == (needed + content).sorted())
    }
    #expect(try encoded { $0.pickedWhole = whole }.count == needed.count + field(245, needed).count)

    let unnamed = try WideLegacy(serializedBytes: needed + field(240, [97]) + tag(241, 0) + [2])
    #expect(unnamed.pick == .pickedName("a") && unnamed.unknownFields.bytes.suffix(3) == tag(241, 0) + [2])
    message.pickedColor = WideLegacy.Color(rawValue: 2)
    #expect(message.pick == .pickedColor(WideLegacy.Color(rawValue: 2)))
    message.pickedWhole.pickedWhole.pickedName = "deep"
    #expect(message.pickedWhole.pickedWhole.pick == .pickedName("deep") && message.pickedColor == .blue)
  }
}
