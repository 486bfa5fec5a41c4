import GoldenProtos
import Testing
import ThinGRPC
import ThinGRPCProtobuf
import UserProtos

@Suite struct TextFormatUnknownFieldTests {
  func text(_ unknown: String) throws -> String {
    try User(serializedBytes: bytes(unknown)).textFormatString(
      options: TextFormatEncodingOptions(singleLine: true, printsUnknownFields: true))
  }

  @Test("Unknown fields are written by their numbers, after the known ones, where that is wanted")
  func unknownFields() throws {
    let user = try User(
      serializedBytes: bytes("a00601 a9060102030405060708 b20603ff6263 bd0601020304") + field(1, [0x61]))
    #expect(
      try user.textFormatString(options: TextFormatEncodingOptions(printsUnknownFields: true)) == #"""
        id: "a"
        100: 1
        101: 0x0807060504030201
        102: "\377bc"
        103: 0x04030201

        """#)
    #expect(try user.textFormatString() == "id: \"a\"\n")
  }

  @Test("What may be a message is written as one, and all else as a string")
  func guessing() throws {
    #expect(try text("b20602 0801") == "102 { 1: 1 }")
    #expect(try text("b20605 0a03 616263") == #"102 { 1: "abc" }"#)
    #expect(try text("b20600") == #"102: """#)
    // A number 0, a varint that goes on, a length beyond the end, a group that does not end, one that did not begin.
    #expect(try text("b20602 0001") == #"102: "\000\001""#)
    #expect(try text("b20602 0880") == #"102: "\010\200""#)
    #expect(try text("b20602 0a05") == #"102: "\n\005""#)
    #expect(try text("b20601 0b") == #"102: "\013""#)
    #expect(try text("b20601 0c") == #"102: "\014""#)
    #expect(try text("b20604 0b 0801 0c") == "102 { 1 { 1: 1 } }")
    #expect(try text("b20604 0b 0801 14") == #"102: "\013\010\001\024""#)
  }

  @Test("Ten levels are taken for messages, and what is deeper for a string")
  func guessedDepth() throws {
    var content = bytes("0801")
    for _ in 0..<12 { content = field(1, content) }
    let user = try User(serializedBytes: field(100, content))
    let text = try user.textFormatString(
      options: TextFormatEncodingOptions(singleLine: true, printsUnknownFields: true))
    #expect(
      text == "100 " + String(repeating: "{ 1 ", count: 9) + #"{ 1: "\n\004\n\002\010\001" "#
        + String(repeating: "} ", count: 9) + "}")
  }

  @Test("Unknown fields of messages inside each other")
  func nested() throws {
    #expect(try text("2a05 0805 a00601") == "created_at { seconds: 5 100: 1 }")
  }

  @Test("The debug description has all fields, known or not, and no end of line")
  func debugDescription() throws {
    let user = try User(serializedBytes: field(1, Array("é".utf8)) + bytes("2a020805 a00601"))
    #expect(
      user.debugDescription == """
        id: "é"
        created_at {
          seconds: 5
        }
        100: 1
        """)
    #expect("\(user)" == user.debugDescription)
    #expect(User().debugDescription.isEmpty)
  }

  @Test("The debug description of a message that cannot be encoded says why")
  func deepDebugDescription() {
    var tree = Tree()
    for _ in 0..<1_000 { tree = .with { $0.others = [tree] } }
    #expect(tree.debugDescription == "# The message is nested deeper than 100 levels")
  }
}
