import Testing
import ThinGRPCWellKnownTypes

typealias FieldMask = GoogleProtobuf.FieldMask

@Suite struct FieldMaskTests {
  @Test(
    "A normalised mask is sorted and names each field once",
    arguments: [
      ([], []), (["b", "a", "b"], ["a", "b"]), (["a.b", "a"], ["a"]), (["a.b", "a-b", "a"], ["a", "a-b"]),
      (["a.b.c", "ab", "a.b"], ["a.b", "ab"]),
    ] as [(FieldMask, FieldMask)])
  func normalization(mask: FieldMask, normalized: FieldMask) {
    #expect(mask.normalized == normalized)
  }

  @Test("A mask has its fields and all that is in them, and nothing around them")
  func containment() {
    let mask: FieldMask = ["user.name", "count"]
    #expect(mask.contains("user.name") && mask.contains("user.name.first") && mask.contains("count"))
    #expect(!mask.contains("user") && !mask.contains("user.names") && !mask.contains("counter"))
  }

  @Test("Masks are joined, intersected and subtracted by what they stand for")
  func sets() {
    let left: FieldMask = ["a", "b.c", "d.e"]
    let right: FieldMask = ["a.x", "b", "f"]
    #expect(left.union(right) == ["a", "b", "d.e", "f"])
    #expect(left.intersection(right) == ["a.x", "b.c"])
    #expect(left.subtracting(right) == ["a", "d.e"])
    #expect(left.intersection([]) == [])
    #expect(left.union([]) == left.normalized)
  }

  @Test("A mask is held against a message type")
  func validity() {
    typealias Method = GoogleProtobuf.Method
    typealias Api = GoogleProtobuf.Api
    #expect((["name", "source_context.file_name", "methods"] as FieldMask).isValid(for: Api.self))
    #expect(FieldMask().isValid(for: Api.self))
    for path in ["names", "name.first", "methods.name", "source_context.", ".name", "", "sourceContext"] {
      #expect(!FieldMask(paths: [path]).isValid(for: Api.self), "\(path)")
    }
    #expect(FieldMask(allFieldsOf: GoogleProtobuf.Mixin.self) == ["name", "root"])
    #expect(FieldMask(allFieldsOf: Method.self).isValid(for: Method.self))
  }
}
