import Testing
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes

typealias Struct = GoogleProtobuf.Struct
typealias Value = GoogleProtobuf.Value

@Suite struct StructTests {
  @Test("An object is written as a literal and read by subscripts")
  func literals() throws {
    let name = "Ada"
    let object: Struct = [
      "name": "\(name) Lovelace", "born": 1815, "height": 1.65, "alive": false, "title": nil,
      "tags": ["mathematics", 1, [true]], "address": ["city": "London"],
    ]
    #expect(object["name"] == Value("Ada Lovelace"))
    #expect(object["born"]?.numberValue == 1815)
    #expect(object["height"] == 1.65)
    #expect(object["alive"] == false)
    #expect(object["title"] == .null)
    #expect(object["tags"]?[2]?[0] == true)
    #expect(object["address"]?["city"] == "London")
    #expect(object["missing"] == nil)
    #expect(object["tags"]?[3] == nil)
    #expect(object["name"]?[0] == nil)
    #expect(object["born"]?["year"] == nil)
    #expect(try Struct(serializedBytes: object.serializedBytes()) == object)
  }

  @Test("A field is set, set to JSON's null, and removed")
  func changes() {
    var object: Struct = [:]
    object["a"] = 1
    object["b"] = .null
    #expect(object.fields.count == 2)
    object["a"] = nil
    #expect(object.fields == ["b": .null])
  }

  @Test("Of a key that is there twice in a literal the last value counts")
  func duplicates() {
    let object: Struct = ["a": 1, "a": 2]
    #expect(object.fields == ["a": 2])
    let value: Value = ["a": 1, "a": 2]
    #expect(value["a"] == 2)
  }

  @Test("A list is written as a literal, and its values are set in place")
  func lists() {
    var list: GoogleProtobuf.ListValue = [1, "two", nil]
    list[0] = "one"
    #expect(list == GoogleProtobuf.ListValue([Value("one"), Value("two"), .null]))
    #expect(list[1] == "two")
  }
}
