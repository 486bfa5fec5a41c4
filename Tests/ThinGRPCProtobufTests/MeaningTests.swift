import GoldenProtos
import Testing
import ThinGRPC
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes
import UserProtos

@Suite struct MeaningTests {
  @Test("Fields that the type does not know are kept and written back after the known ones")
  func unknownFields() throws {
    // Fields 100 (varint), 101 (fixed64), 102 (text), 103 (fixed32), and the id between them.
    let unknown = bytes("a00601 a9060102030405060708 b20603616263 bd0601020304")
    let id = field(1, Array("42".utf8))
    let user = try User(serializedBytes: Array(unknown.prefix(3)) + id + unknown.dropFirst(3))
    #expect(user.id == "42")
    #expect(user.unknownFields.bytes == unknown)
    #expect(try user.serializedBytes() == id + unknown)
    #expect(try User(serializedBytes: user.serializedBytes()) == user)
    var known = user
    known.unknownFields = UnknownFields()
    #expect(try known.serializedBytes() == id)
  }

  @Test("Unknown fields inside nested messages are kept, too")
  func nestedUnknownFields() throws {
    let encoded = field(5, bytes("0805 a00601"))
    #expect(try User(serializedBytes: encoded).serializedBytes() == encoded)
  }

  @Test("Of map entries with one key the last counts; a missing key or value is its default")
  func maps() throws {
    let entries = field(1, bytes("0a0161120162")) + field(1, bytes("0a0161120163")) + field(1, [])
    #expect(try Maps(serializedBytes: entries).labels == ["a": "c", "": ""])
    let leaves = field(6, bytes("090300000000000000"))
    #expect(try Maps(serializedBytes: leaves).leaves == [3: Leaf()])
  }

  @Test("The default key and value of a map are written")
  func defaultEntry() throws {
    let message = Maps.with { $0.labels = ["": ""] }
    #expect(try message.serializedBytes() == field(1, bytes("0a001200")))
  }

  @Test("Of several fields of a oneof the last counts")
  func oneof() throws {
    let message = try Choices(serializedBytes: bytes("0a0174 1805 3a020a00 2001"))
    #expect(message.choice == .flag(true))
    #expect(message.text == "" && message.flag)
  }

  @Test("A message that comes twice is merged; a scalar that comes twice has its last value")
  func merging() throws {
    let twice = field(5, bytes("0801")) + field(5, bytes("1002")) + field(1, [97]) + field(1, [98])
    let user = try User(serializedBytes: twice)
    #expect(user.createdAt.seconds == 1 && user.createdAt.nanos == 2)
    #expect(user.id == "b")
  }

  @Test("Setting and clearing a field with presence")
  func presence() {
    var user = User()
    #expect(!user.hasCreatedAt && user.createdAt.seconds == 0)
    user.createdAt.seconds = 0
    #expect(user.hasCreatedAt)
    user.clearCreatedAt()
    #expect(!user.hasCreatedAt && user == User())
  }

  @Test("Copies of a message that contains itself do not share changes")
  func valueSemantics() {
    let first = Tree.with { $0.left.left.leaf.name = "a" }
    var second = first
    second.left.left.leaf.name = "b"
    #expect(first.left.left.leaf.name == "a")
    #expect(second.left.left.leaf.name == "b")
  }

  @Test("Enums know their names, aliases included, and keep numbers without one")
  func enums() {
    #expect(UserPlan.free.description == "USER_PLAN_FREE")
    #expect(UserPlan(protoName: "USER_PLAN_PRO") == .pro)
    #expect(UserPlan(protoName: "FREE") == nil)
    #expect(UserPlan(rawValue: 77).description == "77")
    #expect(UserPlan(rawValue: 77).protoName == nil)
    #expect(Color(protoName: "COLOR_CRIMSON") == .red && Color.red.protoName == "COLOR_RED")
  }

  @Test("Messages of all the names that Swift uses itself")
  func keywords() throws {
    let message = Keywords.with {
      $0.selfField = "s"
      $0.default = "d"
      $0.in = "i"
      $0.initField = ""
      $0.userID = "u"
      $0.name = "n"
      $0.hasName_15 = true
      $0.case = "c"
    }
    #expect(try Keywords(serializedBytes: message.serializedBytes()) == message)
    #expect(message.switch == .case("c") && message.hasName && message.hasName_15)
  }

  @Test("Types that refer to each other are used for the first time by many tasks at once")
  func firstUse() async throws {
    let ping = Ping.with { $0.pong.ping.pong = Pong() }
    let encoded = try ping.serializedBytes()
    try await withThrowingTaskGroup(of: (Ping, Pong).self) { group in
      for _ in 0..<16 {
        group.addTask { (try Ping(serializedBytes: encoded), try Pong(serializedBytes: encoded)) }
      }
      for try await (copy, other) in group {
        #expect(copy == ping)
        #expect(other.ping.hasPong)
      }
    }
  }

  @Test("A megabyte of bytes and 100,000 elements survive")
  func large() throws {
    let blob = Scalars.with { $0.bytesValue = [UInt8](repeating: 7, count: 1 << 20) }
    #expect(try Scalars(serializedBytes: blob.serializedBytes()) == blob)
    let many = ImportUsersResponse.with {
      $0.failures = (0..<100_000).map { index in ImportFailure.with { $0.index = Int64(index) } }
    }
    #expect(try ImportUsersResponse(serializedBytes: many.serializedBytes()) == many)
  }
}
