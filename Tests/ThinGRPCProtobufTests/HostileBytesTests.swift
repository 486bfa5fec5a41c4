import GoldenProtos
import Testing
import ThinGRPC
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes
import UserProtos

@Suite struct HostileBytesTests {
  func message(_ depth: Int) -> [UInt8] {
    // Built from the inside: Tree.left in Tree.left in ...
    var lengths: [[UInt8]] = []
    var count = 0
    for _ in 1..<max(depth, 1) {
      let head = [UInt8(2 << 3 | 2)] + varint(count)
      lengths.append(head)
      count += head.count
    }
    return lengths.reversed().flatMap { $0 }
  }

  @Test("100 levels of messages are read, 101 are refused, by an option more")
  func depthLimit() throws {
    _ = try Tree(serializedBytes: message(100))
    #expect(throws: MessageCodingError("The golden.Tree is nested deeper than the limit of 100 levels")) {
      try Tree(serializedBytes: message(101))
    }
    _ = try Tree(serializedBytes: message(101), options: DecodingOptions(maximumDepth: 101))
  }

  @Test("100,000 levels are refused, whatever they go through")
  func veryDeep() {
    #expect(throws: MessageCodingError.self) { try Tree(serializedBytes: message(100_000)) }
    #expect(throws: MessageCodingError.self) {
      var bytes: [UInt8] = []
      for _ in 0..<20_000 { bytes = bytes.count < 5_000 ? field(5, field(2, bytes)) : bytes }
      _ = try Tree(serializedBytes: bytes)
    }
    #expect(throws: MessageCodingError.self) {
      try GoogleProtobuf.Value(
        serializedBytes: (0..<2_000).reduce([]) { bytes, _ in field(6, field(1, bytes)) })
    }
  }

  @Test("A value nested deeper than 100 levels is not encoded")
  func deepValue() {
    var tree = Tree()
    for _ in 0..<150 { tree = .with { $0.others = [tree] } }
    #expect(throws: MessageCodingError("The message is nested deeper than 100 levels")) {
      try tree.serializedBytes()
    }
  }

  @Test(
    "Text that is not UTF-8 is refused, and the error names the field",
    arguments: [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]] as [[UInt8]]
  )
  func invalidText(text: [UInt8]) {
    #expect(throws: MessageCodingError("The field userservice.User.email is not valid UTF-8")) {
      try User(serializedBytes: field(2, text))
    }
    #expect(throws: MessageCodingError("The field golden.RepeatedScalars.string_values is not valid UTF-8")) {
      try RepeatedScalars(serializedBytes: field(14, [97]) + field(14, text))
    }
    #expect(throws: MessageCodingError("The field golden.Maps.labels.key is not valid UTF-8")) {
      try Maps(serializedBytes: field(1, field(1, text)))
    }
    #expect(throws: MessageCodingError("The field golden.Choices.text is not valid UTF-8")) {
      try Choices(serializedBytes: field(1, text))
    }
  }

  @Test("Bytes of any content are no text: they are taken as they are")
  func bytesAreNotText() throws {
    #expect(try Scalars(serializedBytes: field(15, [0xff, 0])).bytesValue == [0xff, 0])
  }

  @Test(
    "Malformed bytes are refused",
    arguments: [
      "0a", "0a05 61", "08", "08ffffffffffffffffffff01", "00", "8000", "0b", "0c", "0f", "0e", "0b14",
      "0affffffff0f", "0affffffffffffffffff01", "ffffffffffffffffff01", "0b0800", "0b00010c", "8080808010 00",
    ])
  func malformed(text: String) {
    #expect(throws: MessageCodingError("The bytes are not a valid userservice.User")) {
      try User(serializedBytes: bytes(text))
    }
  }

  @Test("More bytes than the limit are refused")
  func sizeLimit() {
    #expect(throws: MessageCodingError("A userservice.User of 4 bytes is larger than the limit of 3")) {
      try User(serializedBytes: field(1, [97, 97]), options: DecodingOptions(maximumByteCount: 3))
    }
  }

  @Test("Bytes that want far more memory than their size are refused")
  func amplification() {
    let entries = [[UInt8]](repeating: field(1, []), count: 300_000).flatMap { $0 }
    #expect(
      throws: MessageCodingError(
        "Decoding a golden.Maps of 600000 bytes needs more memory than that size may take")
    ) { try Maps(serializedBytes: entries) }
    #expect(DecodingOptions.memoryBudget(forDecoding: 600_000) == 1 << 20 + 40 * 600_000)
  }

  @Test("A message in 100,000 parts and a million packed numbers of a byte each stay within the budget")
  func parts() throws {
    let parts = [[UInt8]](repeating: field(5, bytes("0801")), count: 100_000).flatMap { $0 }
    #expect(try User(serializedBytes: parts).createdAt.seconds == 1)
    let numbers = field(4, [UInt8](repeating: 1, count: 1_000_000))
    #expect(try RepeatedScalars(serializedBytes: numbers).int64Values.count == 1_000_000)
  }

  @Test("100,000 mutations of real messages are decoded or refused, and what is decoded can be encoded")
  func mutations() throws {
    var random = SplitMix(state: 42)
    let user = try User.with {
      $0.id = "42"
      $0.email = "ada@example.org"
      $0.plan = .pro
      $0.createdAt.seconds = 1_700_000_000
    }.serializedBytes()
    let tree = try Tree.with {
      $0.left.left.others = [Tree(), .with { $0.end = "x" }]
      $0.named = ["a": .with { $0.next = Tree() }]
    }.serializedBytes()
    let maps = try Maps.with {
      $0.labels = ["a": "b"]
      $0.leaves = [1: .with { $0.name = "n" }]
    }.serializedBytes()
    let numbers = try RepeatedScalars.with {
      $0.int32Values = [1, -1]
      $0.doubleValues = [1]
      $0.stringValues = ["a"]
      $0.boolValues = [true]
    }.serializedBytes()
    var decoded = 0
    for _ in 0..<25_000 {
      decoded += try tryOut(User.self, random.mutation(of: user))
      decoded += try tryOut(Tree.self, random.mutation(of: tree))
      decoded += try tryOut(Maps.self, random.mutation(of: maps))
      decoded += try tryOut(RepeatedScalars.self, random.mutation(of: numbers))
    }
    #expect(decoded > 1_000 && decoded < 99_000)
  }

  @Test("Every truncation of a message is decoded or refused")
  func truncations() throws {
    let message = try Choices.with {
      $0.leaf = .with { $0.name = "leaf" }
      $0.note = "note"
      $0.left = -1
    }.serializedBytes()
    for count in 0...message.count { _ = try tryOut(Choices.self, Array(message.prefix(count))) }
  }

  /// 1 when `bytes` could be decoded; the value then survives encoding.
  func tryOut<Message: ProtobufMessage>(_ type: Message.Type, _ bytes: [UInt8]) throws -> Int {
    let message: Message
    do throws(MessageCodingError) { message = try Message(serializedBytes: bytes) } catch { return 0 }
    let again = try message.serializedBytes()
    // NaN is not equal to itself, so compare the second encoding with the first where order is fixed.
    #expect(try Message(serializedBytes: again).serializedBytes().count == again.count)
    return 1
  }
}

/// Random numbers that are the same in every run.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// `bytes` with some bytes changed, removed, put in or repeated.
  mutating func mutation(of bytes: [UInt8]) -> [UInt8] {
    var mutated = bytes
    for _ in 0..<Int.random(in: 1...4, using: &self) {
      let index = Int.random(in: 0...mutated.count, using: &self)
      switch Int.random(in: 0..<4, using: &self) {
      case 0 where index < mutated.count: mutated[index] = UInt8.random(in: 0...255, using: &self)
      case 1 where index < mutated.count: mutated.remove(at: index)
      case 2: mutated.insert(UInt8.random(in: 0...255, using: &self), at: index)
      default: mutated.insert(contentsOf: bytes.suffix(Int.random(in: 0...8, using: &self)), at: index)
      }
    }
    return mutated
  }
}
