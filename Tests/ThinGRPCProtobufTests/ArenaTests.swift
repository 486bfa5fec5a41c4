import GoldenProtos
import Testing
import ThinGRPC
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes
import UserProtos

@Suite("Memory that codings share leaves no trace in messages")
struct ArenaTests {
  @Test("A message with nothing set is empty, whatever was encoded before it")
  func absence() throws {
    for _ in 0..<3 {
      #expect(try !Self.fullUser.serializedBytes().isEmpty)
      #expect(try User().serializedBytes().isEmpty)
      #expect(try !Self.fullMaps.serializedBytes().isEmpty)
      #expect(try Maps().serializedBytes().isEmpty)
      #expect(try !Self.fullTree.serializedBytes().isEmpty)
      #expect(try Tree().serializedBytes().isEmpty)
      #expect(try !Choices.with { $0.text = "text" }.serializedBytes().isEmpty)
      #expect(try Choices().serializedBytes().isEmpty)
      #expect(try UpdateUserRequest().serializedBytes().isEmpty)
    }
  }

  @Test(
    "Messages of every size survive, up to blocks that are not kept",
    arguments: [0, 1, 4_000, 4_050, 4_096, 4_200, 16_000, 17_000, 65_536, 600_000, 3_000_000])
  func sizes(byteCount: Int) throws {
    let update = UserUpdate.with {
      $0.id = "id"
      $0.name = String(repeating: "x", count: byteCount)
    }
    for _ in 0..<3 {
      let bytes = try update.serializedBytes()
      #expect(try update.encoded().bytes == bytes)
      #expect(try UserUpdate(serializedBytes: bytes) == update)
      #expect(try UserUpdate(decoding: update.encoded()) == update)
      #expect(try User(serializedBytes: Self.fullUser.serializedBytes()) == Self.fullUser)
    }
  }

  @Test("Many small parts survive as well as one large", arguments: [1, 10, 100, 1_000, 50_000])
  func parts(count: Int) throws {
    let tree = Tree.with { $0.others = (0..<count).map { number in .with { $0.end = "\(number)" } } }
    #expect(try Tree(serializedBytes: tree.serializedBytes()) == tree)
    #expect(try tree.encoded().bytes == tree.serializedBytes())
    let maps = Maps.with {
      for number in 0..<count { $0.labels["\(number)"] = "the value of \(number)" }
    }
    #expect(try Maps(serializedBytes: maps.serializedBytes()) == maps)
  }

  @Test("The largest numbers fit where a message is packed without its size")
  func bound() throws {
    let numbers = RepeatedScalars.with {
      $0.int32Values = [Int32](repeating: -1, count: 20)
      $0.uint64Values = [UInt64](repeating: .max, count: 20)
      $0.sint64Values = [Int64](repeating: .min, count: 20)
      $0.doubleValues = [1, -0.0]
      $0.stringValues = ["", "x"]
      $0.bytesValues = [[], [0]]
    }
    #expect(try RepeatedScalars(serializedBytes: numbers.serializedBytes()) == numbers)
  }

  @Test("Unknown fields are sent on from where they lie")
  func unknownFields() throws {
    let bytes = try Self.fullUser.serializedBytes()
    let empty = try Empty(serializedBytes: bytes)
    #expect(empty.unknownFields.bytes == bytes)
    #expect(try empty.serializedBytes() == bytes)
    #expect(try empty == Empty(serializedBytes: bytes) && empty != Empty())
    #expect(try empty.hashValue == Empty(serializedBytes: bytes).hashValue)
  }

  @Test("Threads code side by side")
  func threads() async throws {
    await withThrowingTaskGroup { group in
      for number in 0..<8 {
        group.addTask {
          for size in 0..<200 {
            let update = UserUpdate.with { $0.name = String(repeating: "\(number)", count: size * 300) }
            guard try UserUpdate(serializedBytes: update.serializedBytes()) == update else {
              throw MessageCodingError("A message of \(size * 300) bytes changed")
            }
          }
        }
      }
    }
  }

  // Made anew each time: the leak checker does not see what an indirect enum in a static value refers to.
  private static var fullUser: User {
    .with {
      $0.id = "user-1"
      $0.email = "user-1@example.com"
      $0.name = "User 1"
      $0.plan = .pro
      $0.createdAt = .with { $0.seconds = 1_700_000_001 }
    }
  }

  private static var fullMaps: Maps {
    .with {
      $0.labels = ["a": "b", "": ""]
      $0.leaves = [1: .with { $0.name = "n" }]
    }
  }

  private static var fullTree: Tree {
    .with {
      $0.left.left.others = [Tree(), .with { $0.end = "x" }]
      $0.named = ["a": .with { $0.next = Tree() }]
    }
  }
}
