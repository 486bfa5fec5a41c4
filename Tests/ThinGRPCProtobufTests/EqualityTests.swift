import GoldenProtos
import Testing
import ThinGRPCProtobuf

@Suite("Messages are equal where their fields are")
struct EqualityTests {
  @Test("Messages with the same fields are equal and hash alike, in whatever order their maps were filled")
  func equal() {
    let numbers = (Int32(0)..<100).map { ($0, Int64($0) * 3) }
    let one = Maps.with {
      $0.labels = ["a": "b", "c": "d"]
      $0.numbers = Dictionary(uniqueKeysWithValues: numbers)
      $0.trees = ["t": .with { $0.leaf.name = "leaf" }]
    }
    var other = Maps()
    other.trees["t"] = .with { $0.leaf.name = "leaf" }
    for (key, value) in numbers.reversed() { other.numbers[key] = value }
    other.labels = ["c": "d"]
    other.labels["a"] = "b"
    #expect(one == other)
    #expect(one.hashValue == other.hashValue)
    #expect(Set([one, other]).count == 1)
  }

  @Test("One field that differs makes messages differ, in maps and in messages inside of them too")
  func different() {
    let tree = Tree.with {
      $0.leaf = .with { $0.name = "leaf" }
      $0.others = [.with { $0.end = "end" }, Tree()]
      $0.named = ["a": .with { $0.leaf.size = 1 }]
    }
    let changes: [(inout Tree) -> Void] = [
      { $0.leaf.name = "Leaf" }, { $0.clearLeaf() }, { $0.left = Tree() }, { $0.others.removeLast() },
      { $0.others[0].end = "" }, { $0.others[0].next = Tree() }, { $0.others.swapAt(0, 1) },
      { $0.named["a"]?.leaf.size = 2 }, { $0.named["b"] = Tree() },
      { $0.named = ["b": .with { $0.leaf.size = 1 }] }, { $0.link = .end("") },
    ]
    for change in changes {
      var changed = tree
      #expect(changed == tree)
      change(&changed)
      #expect(changed != tree)
      #expect(changed.hashValue != tree.hashValue)
    }
  }

  @Test("Numbers compare as in Swift: zeros of both signs are equal and hash alike, and a NaN equals nothing")
  func floatingPoint() {
    let negative = Scalars.with {
      $0.doubleValue = -0.0
      $0.floatValue = -0.0
    }
    #expect(negative == Scalars())
    #expect(negative.hashValue == Scalars().hashValue)
    #expect(Scalars.with { $0.doubleValue = 1 } != negative)
    let present = OptionalScalars.with { $0.doubleValue = -0.0 }
    #expect(present == OptionalScalars.with { $0.doubleValue = 0 })
    #expect(present.hashValue == OptionalScalars.with { $0.doubleValue = 0 }.hashValue)
    #expect(present != OptionalScalars())
    let nan = Scalars.with { $0.doubleValue = .nan }
    #expect(nan != nan)
    // Two arrays: Swift takes an array for equal to itself without a look at its elements.
    #expect(
      RepeatedScalars.with { $0.floatValues = [.nan] } != RepeatedScalars.with { $0.floatValues = [.nan] })
  }

  @Test("Texts compare as in Swift: by their characters, however these are written")
  func texts() {
    let composed = Leaf.with { $0.name = "caf\u{e9}" }
    let decomposed = Leaf.with { $0.name = "cafe\u{301}" }
    #expect(composed == decomposed)
    #expect(composed.hashValue == decomposed.hashValue)
    #expect(Leaf.with { $0.name = "\u{212a}" } == Leaf.with { $0.name = "K" })
    #expect(composed != Leaf.with { $0.name = "cafe" })
    let maps = (
      Maps.with { $0.labels = ["caf\u{e9}": "a"] }, Maps.with { $0.labels = ["cafe\u{301}": "a"] }
    )
    #expect(maps.0 == maps.1)
    #expect(maps.0.hashValue == maps.1.hashValue)
  }

  @Test("Unknown fields count")
  func unknownFields() throws {
    let known = try Leaf(serializedBytes: [])
    let unknown = try Leaf(serializedBytes: [0x98, 0x06, 0x01])
    #expect(known != unknown)
    #expect(unknown == (try Leaf(serializedBytes: [0x98, 0x06, 0x01])))
    #expect(unknown != (try Leaf(serializedBytes: [0x98, 0x06, 0x02])))
  }

  @Test("Messages that are nested too deeply to be encoded can be compared")
  func deep() {
    func chain(_ end: String) -> Tree {
      (0..<200).reduce(Tree.with { $0.end = end }) { inner, _ in .with { $0.next = inner } }
    }
    #expect(throws: (any Error).self) { try chain("a").serializedBytes() }
    #expect(chain("a") == chain("a"))
    #expect(chain("a") != chain("b"))
    #expect(chain("a").hashValue == chain("a").hashValue)
  }

  @Test("A message too deep for any form says so, in JSON and in text too, and the next one is not hurt")
  func tooDeep() throws {
    let deep = (0..<200).reduce(Tree()) { inner, _ in .with { $0.others = [inner] } }
    #expect(throws: (any Error).self) { try deep.serializedBytes() }
    #expect(throws: (any Error).self) { _ = try deep.encoded() }
    #expect(throws: (any Error).self) { try deep.jsonString() }
    #expect(throws: (any Error).self) { try deep.textFormatString() }
    #expect(try Leaf.with { $0.size = 1 }.serializedBytes() == [0x10, 1])
  }
}
