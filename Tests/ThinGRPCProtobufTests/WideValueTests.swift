import GoldenProtos
import Testing
import ThinGRPC
import ThinGRPCProtobuf

@Suite("Messages of many fields are values, whatever comes for them")
struct WideValueTests {
  private static let reference = bytes(WideMessageTests.reference)
  private static let legacyReference = bytes(WideMessageTests.legacyReference)

  @Test("What is merged into a copy is what the bytes of both say, and the other stays", arguments: 0..<7)
  func merging(_ index: Int) throws {
    let original = try Wide(serializedBytes: Self.reference)
    for (number, wireType, content, _) in WideFieldPaths.changes(index) {
      let added = varint((index * 20 + number) << 3 | wireType) + content
      var merged = original
      try merged.merge(serializedBytes: added)
      #expect(try merged == Wide(serializedBytes: Self.reference + added), "\(number)")
      #expect(try original.serializedBytes() == Self.reference, "\(number)")
      var anew = Wide()
      try anew.merge(serializedBytes: added)
      #expect(try anew == Wide(serializedBytes: added), "\(number)")
    }
  }

  @Test("A field that is cleared in a copy is there in the original")
  func clearing() throws {
    let original = try Wide(serializedBytes: Self.reference)
    let changes: [(inout Wide) -> Void] = [
      { $0.clearMaybeText0() }, { $0.clearMaybeNumber1() }, { $0.clearMaybeKind2() }, { $0.clearInner3() },
      { $0.clearMaybeFloat() }, { $0.clearMaybeData() }, { $0.clearNext() }, { $0.choice4 = nil },
      { $0.texts5 = [] }, { $0.numbers6 = [] }, { $0.inners0 = [] }, { $0.named1 = [:] }, { $0.data2 = [] },
      { $0.text3 = "" }, { $0.flag4 = false }, { $0.ratio5 = 0 }, { $0.number6 = 0 },
    ]
    for (index, change) in changes.enumerated() {
      var copy = original
      change(&copy)
      #expect(copy != original, "\(index)")
      #expect(try Wide(serializedBytes: copy.serializedBytes()) == copy, "\(index)")
      #expect(try original.serializedBytes() == Self.reference, "\(index)")
      change(&copy)
      try copy.merge(serializedBytes: Self.reference)
      #expect(copy.next == original.next && copy.maybeData == original.maybeData, "\(index)")
    }
  }

  @Test("Values that were taken out stay as they are when the message changes")
  func taken() throws {
    var message = try Wide(serializedBytes: Self.reference)
    let (texts, named, data, inner, next, choice) = (
      message.texts1, message.named2, message.data3, message.inner4, message.next, message.choice1
    )
    message.texts1.append("x")
    message.named2["a"]?.size = 99
    message.data3[0] = 7
    message.inner4.name += "x"
    message.next.text6 = ""
    message.chosen1.size = 9
    message.text0 = String(repeating: "long", count: 10)
    #expect(texts == ["", "é"] && named["a"]?.size == 3 && data == [0, 3] && inner.name == "i4")
    #expect(next.text6 == "n" && choice == .chosen1(.with { $0.name = "c" }))
    #expect(message.texts1.count == 3 && message.named2["a"]?.size == 99 && message.data3 == [7, 3])
  }

  @Test("Unknown fields and extensions go with a copy, and change in it alone")
  func unknownFields() throws {
    let unknown = field(2046, [1]) + varint(2047 << 3) + [5]
    let original = try Wide(serializedBytes: Self.reference + unknown)
    var copy = original
    copy.text0 = "x"
    #expect(copy.unknownFields.bytes == unknown)
    copy.unknownFields = UnknownFields()
    #expect(try original.serializedBytes() == Self.reference + unknown)
    copy.text0 = "t0"
    #expect(copy != original)
    #expect(try copy.serializedBytes() == Self.reference)

    let legacy = try WideLegacy(serializedBytes: Self.legacyReference)
    var changed = legacy
    changed[WideLegacy.wideNote] = "another"
    #expect(legacy[WideLegacy.wideNote] == "x" && changed != legacy)
    changed[WideLegacy.wideNote] = "x"
    #expect(changed == legacy && changed.hashValue == legacy.hashValue)
  }

  @Test("Numbers compare as in Swift: zeros of both signs are equal, and a NaN equals nothing")
  func floatingPoint() {
    let negative = Wide.with { $0.ratio3 = -0.0 }
    #expect(negative == Wide() && negative.hashValue == Wide().hashValue)
    let present = Wide.with { $0.maybeFloat = -0.0 }
    let zero = Wide.with { $0.maybeFloat = 0 }
    #expect(present == zero && present.hashValue == zero.hashValue && present != Wide())
    let nan = Wide.with { $0.ratio3 = .nan }
    #expect(nan != nan)
  }

  @Test("Packed numbers are read in parts and one by one, also where a message between them is replaced")
  func packedNumbers() throws {
    let parts = field(12, [1, 2]) + varint(12 << 3) + [3] + field(10, [10, 1, 97]) + field(12, [4])
    let message = try Wide(serializedBytes: parts + field(10, [16, 7]))
    #expect(message.numbers0 == [1, 2, 3, 4])
    #expect(message.inner0 == .with { ($0.name, $0.size) = ("a", 7) })
    #expect(throws: MessageCodingError.self) { try Wide(serializedBytes: field(12, [1, 0x80])) }
  }

  @Test("Bytes that stop anywhere are refused, or are a message, and what was read before is given back")
  func truncated() throws {
    for reference in [Self.reference, Self.reference + field(2046, [1]), Self.reference + Self.reference] {
      var readCount = 0
      for count in 0..<reference.count {
        guard let message = try? Wide(serializedBytes: Array(reference.prefix(count))) else { continue }
        readCount += 1
        #expect(try Wide(serializedBytes: message.serializedBytes()) == message, "\(count)")
      }
      // Between two fields, of which there are more than a hundred.
      #expect((100..<300).contains(readCount), "\(readCount)")
    }
    #expect(throws: MessageCodingError.self) {
      try WideLegacy(serializedBytes: Array(Self.legacyReference.prefix(20)))
    }
  }

  @Test("Bytes with one that is another are refused, or are a message")
  func changed() throws {
    var random = SeededGenerator(seed: 11)
    var readCount = 0
    for _ in 0..<3_000 {
      var encoded = Self.reference
      encoded[Int.random(in: encoded.indices, using: &random)] = .random(in: 0...255, using: &random)
      guard let message = try? Wide(serializedBytes: encoded) else { continue }
      readCount += 1
      var copy = message
      copy.text0 += "x"
      copy.named0["k"] = Wide.Inner()
      let again = try message.serializedBytes()
      #expect(try Wide(serializedBytes: again).serializedBytes().count == again.count)
    }
    #expect((300..<3_000).contains(readCount), "\(readCount)")
  }
}
