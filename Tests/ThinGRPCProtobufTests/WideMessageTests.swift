import GoldenProtos
import Testing
import ThinGRPC
import ThinGRPCProtobuf

@Suite("Messages of many fields, which lie in a list")
struct WideMessageTests {
  @Test("Each field alone is written as its kind is, read again, and makes a difference", arguments: 0..<7)
  func eachField(_ index: Int) throws {
    var seen: Set<Wide> = [Wide()]
    for (number, wireType, content, change) in WideFieldPaths.changes(index) {
      var message = Wide()
      change(&message)
      let encoded = varint((index * 20 + number) << 3 | wireType) + content
      #expect(try message.serializedBytes() == encoded, "\(number)")
      let decoded = try Wide(serializedBytes: encoded)
      #expect(decoded == message && decoded.hashValue == message.hashValue, "\(number)")
      #expect(try Wide(jsonString: message.jsonString()) == message, "\(number)")
      #expect(try Wide(textFormatString: message.textFormatString()) == message, "\(number)")
      #expect(seen.insert(message).inserted, "\(number)")
      change(&message)
      let isList = [11, 12].contains(number)
      #expect((message == decoded) != isList, "\(number)")
    }
  }

  @Test("All fields together are those of the reference, bytes of Python's protobuf")
  func reference() throws {
    let message = try Wide(serializedBytes: bytes(Self.reference))
    #expect(try message.serializedBytes() == bytes(Self.reference))
    for index in 0..<7 {
      #expect(message[keyPath: WideFieldPaths.texts[index]] == "t\(index)")
      #expect(message[keyPath: WideFieldPaths.maybeTexts[index]] == "")
      #expect(message[keyPath: WideFieldPaths.numbers[index]] == -Int32(index) - 1)
      #expect(message[keyPath: WideFieldPaths.maybeNumbers[index]] == -Int64(index))
      #expect(message[keyPath: WideFieldPaths.ratios[index]] == Double(index) + 0.5)
      #expect(message[keyPath: WideFieldPaths.flags[index]])
      #expect(message[keyPath: WideFieldPaths.kinds[index]] == .square)
      #expect(message[keyPath: WideFieldPaths.maybeKinds[index]] == .unspecified)
      #expect(message[keyPath: WideFieldPaths.data[index]] == [0, UInt8(index)])
      #expect(message[keyPath: WideFieldPaths.inners[index]] == .with { $0.name = "i\(index)" })
      #expect(message[keyPath: WideFieldPaths.textLists[index]] == ["", "é"])
      #expect(message[keyPath: WideFieldPaths.numberLists[index]] == [Int32(index), 300])
      let sized = Wide.Inner.with { $0.size = Int64(index) + 1 }
      #expect(message[keyPath: WideFieldPaths.innerLists[index]] == [sized])
      #expect(message[keyPath: WideFieldPaths.maps[index]] == ["a": sized])
      #expect(message[keyPath: WideFieldPaths.words[index]] == (index % 3 == 0 ? "w" : ""))
      #expect(message[keyPath: WideFieldPaths.chosen[index]].name == (index % 3 == 1 ? "c" : ""))
      #expect(message[keyPath: WideFieldPaths.marks[index]] == (index % 3 == 2 ? UInt64(index) : 0))
    }
    #expect(message.next == .with { $0.text6 = "n" })
    #expect(message.maybeFloat.bitPattern == 0x8000_0000 && message.hasMaybeData && message.maybeData == [])
    #expect(try Wide(jsonString: message.jsonString()) == message)
    #expect(try Wide(textFormatString: message.textFormatString()) == message)
    var merged = message
    try merged.merge(serializedBytes: bytes(Self.reference))
    #expect(merged.texts6 == ["", "é", "", "é"] && merged.inner6 == message.inner6)
  }

  @Test("Fields with presence are set, also to their defaults, until they are cleared")
  func presence() {
    var message = Wide()
    #expect(!message.hasMaybeText6 && !message.hasMaybeNumber0 && !message.hasInner3 && !message.hasNext)
    message.maybeText6 = ""
    message.maybeNumber0 = 0
    message.inner3.name = ""
    message.next.next.text0 = "deep"
    #expect(message.hasMaybeText6 && message.hasMaybeNumber0 && message.hasInner3)
    #expect(message.hasNext && message.next.hasNext && !message.next.next.hasNext)
    #expect(!message.hasMaybeText5 && !message.hasMaybeNumber1 && !message.hasInner2)
    message.choice6 = .mark6(2)
    #expect(message.word6 == "" && message.mark6 == 2)
    message.word6 = "w"
    #expect(message.choice6 == .word6("w") && message.mark6 == 0)
    message.choice6 = nil
    message.clearMaybeText6()
    message.clearMaybeNumber0()
    message.clearInner3()
    message.clearNext()
    message.clearMaybeFloat()
    #expect(message == Wide() && !message.hasInner3)
  }

  @Test("Copies do not share changes, in whichever field")
  func copies() throws {
    let original = try Wide(serializedBytes: bytes(Self.reference))
    for index in 0..<7 {
      for (number, _, _, change) in WideFieldPaths.changes(index) {
        var copy = original
        change(&copy)
        // Some were so before.
        #expect([2, 4, 6].contains(number) || copy != original, "\(index) \(number)")
        #expect(try original.serializedBytes() == bytes(Self.reference), "\(index) \(number)")
      }
    }
    var copy = original
    copy.next.texts0.append("x")
    copy.inners0[0].name = "changed"
    copy.named6["a"]?.name = "changed"
    copy.text0 += "…"
    #expect(
      original.next.texts0.isEmpty && original.inners0[0].name == "" && original.named6["a"]?.name == "")
    #expect(original.text0 == "t0" && copy.text0 == "t0…")
    let fields = field(2047, [1])
    copy.unknownFields = try Wide(serializedBytes: fields).unknownFields
    #expect(copy != original && original.unknownFields.isEmpty)
  }

  @Test("Lists, texts and maps grow in place")
  func growth() {
    // Were each element to cost a copy, four times as many would take sixteen times as long.
    func grown(_ count: Int) -> Duration {
      (0..<3).map { _ in
        var message = Wide()
        return ContinuousClock().measure {
          for number in 0..<Int32(count) {
            message.numbers6.append(number)
            message.data5.append(1)
            message.text3 += "t"
            message.named1["k", default: Wide.Inner()].size = 1
          }
        }
      }.min() ?? .zero
    }
    #expect(grown(80_000) < grown(20_000) * 10)
  }

  @Test("Of a oneof of many fields each is read as itself")
  func choice() throws {
    let contents: [(wireType: Int, content: [UInt8])] = [
      (2, [1, 97]), (2, [2, 16, 3]), (1, [8, 0, 0, 0, 0, 0, 0, 0]), (0, [1]),
    ]
    var seen: Set<WideChoice> = [WideChoice()]
    for number in 1...40 {
      let (wireType, content) = contents[(number - 1) % 4]
      let encoded = varint(number << 3 | wireType) + content
      let message = try WideChoice(serializedBytes: encoded)
      #expect(try message.serializedBytes() == encoded)
      #expect(seen.insert(message).inserted, "\(number)")
    }
    #expect(try WideChoice(serializedBytes: [10, 1, 97]).choice == .member1("a"))
    #expect(try WideChoice(serializedBytes: varint(39 << 3 | 1) + contents[2].content).choice == .member39(8))
    #expect(try WideChoice(serializedBytes: varint(40 << 3) + [1]).member40)
  }

  @Test("Bytes that are no message are refused wherever they stand, and text must be UTF-8")
  func refusal() throws {
    for index in 0..<7 {
      #expect(throws: MessageCodingError.self) { try Wide(serializedBytes: field(index * 20 + 1, [0xff])) }
      #expect(throws: MessageCodingError.self) { try Wide(serializedBytes: field(index * 20 + 10, [0x0a])) }
    }
  }

  @Test("Defaults, required fields, closed enums, groups and extensions of proto2")
  func legacy() throws {
    #expect(WideLegacy().name5 == "name 5" && WideLegacy().size5 == -5 && WideLegacy().color5 == .blue)
    #expect(WideLegacy().data5 == [0, 53] && WideLegacy().flag5 && !WideLegacy().hasFlag5)
    let message = try WideLegacy(serializedBytes: bytes(Self.legacyReference))
    // The same bytes in another order: groups are written last.
    #expect(try message.serializedBytes().sorted() == bytes(Self.legacyReference).sorted())
    #expect(try WideLegacy(serializedBytes: message.serializedBytes()) == message)
    #expect(message.name1 == "" && message.hasName1 && message.name2 == "name 2" && !message.hasName2)
    #expect(message.size5 == 5 && message.color3 == .red && message.data1 == [] && !message.flag5)
    #expect(message.needed5 == 5 && message.marks5 == [5, 200] && message.part.map(\.label) == ["p"])
    #expect(message[WideLegacy.wideNote] == "x")
    var incomplete = message
    incomplete.clearNeeded4()
    #expect(throws: MessageCodingError.self) { try incomplete.serializedBytes() }
    let unnamed = try WideLegacy(serializedBytes: bytes(Self.legacyReference) + varint(4 << 3) + [2])
    #expect(
      unnamed.color0 == .blue && !unnamed.hasColor0 && unnamed.unknownFields.bytes.suffix(2) == [32, 2])
  }

  @Test("An enum of many values has all its names, in the order of the .proto file")
  func names() throws {
    #expect(WideColor.protoNames.count == 68)
    #expect(WideColor.protoNames.first?.key == "WIDE_COLOR_0" && WideColor.protoNames.last?.value == 64)
    #expect(WideColor().protoName == "WIDE_COLOR_0" && WideColor.none == WideColor())
    #expect(WideColor(protoName: "WIDE_COLOR_NONE") == WideColor())
    #expect(WideColor(protoName: "WIDE_COLOR_LEAST")?.rawValue == .min)
    #expect(WideColor(protoName: "WIDE_COLOR_GREATEST") == .greatest && WideColor.greatest.rawValue == .max)
    #expect(WideColor(rawValue: 65).protoName == nil && WideColor(protoName: "WIDE_COLOR_65") == nil)
    for number in Int32(1)...64 { #expect(WideColor(rawValue: number).protoName == "WIDE_COLOR_\(number)") }
  }

  static let reference =
    """
    0a027430120018ffffffffffffffffff01200029000000000000e03f300138feffffffffffffffff0140004a02000052040a0269305a\
      005a02c3a9620300ac026a02100172070a0161120210017a0177aa01027431b20100b801feffffffffffffffff01c00101c901000000\
      000000f83fd00101d801feffffffffffffffff01e00100ea01020001f201040a026931fa0100fa0102c3a982020301ac028a02021002\
      9202070a016112021002a202030a0163ca02027432d20200d802fdffffffffffffffff01e00203e9020000000000000440f00201f802\
      feffffffffffffffff018003008a030200029203040a0269329a03009a0302c3a9a2030302ac02aa03021003b203070a016112021003\
      c9030200000000000000ea03027433f20300f803fcffffffffffffffff0180040589040000000000000c409004019804feffffffffff\
      ffffff01a00400aa04020003b204040a026933ba0400ba0402c3a9c2040303ac02ca04021004d204070a016112021004da0401778a05\
      0274349205009805fbffffffffffffffff01a00507a9050000000000001240b00501b805feffffffffffffffff01c00500ca05020004\
      d205040a026934da0500da0502c3a9e2050304ac02ea05021005f205070a0161120210058206030a0163aa06027435b20600b806faff\
      ffffffffffffff01c00609c9060000000000001640d00601d806feffffffffffffffff01e00600ea06020005f206040a026935fa0600\
      fa0602c3a982070305ac028a070210069207070a016112021006a9070500000000000000ca07027436d20700d807f9ffffffffffffff\
      ff01e0070be9070000000000001a40f00701f807feffffffffffffffff018008008a080200069208040a0269369a08009a0802c3a9a2\
      080306ac02aa08021007b208070a016112021007ba080177b20904ca07016ebd0900000080c20900ca090167d00900
    """

  static let legacyReference =
    """
      0800380038c80158016200680170017a008001008801018801c801a80102d80102d801c801f801038202008802039002019a0200a002\
      00a80203a802c801c80204f80204f802c801980305a20300a80305b00301ba0300c00300c80305c803c801b3040a0170b404a2060178
    """
}
