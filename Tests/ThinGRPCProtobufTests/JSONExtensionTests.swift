import GoldenProtos
import Testing
import ThinGRPC
import ThinGRPCProtobuf

@Suite struct JSONExtensionTests {
  private static let types = TypeRegistry(
    extensions: [Open.rank, Open.tags, Open.offsets, Open.strict, Opener.opener, Opener.part])

  private func read(_ json: String) throws -> Open {
    try Open(jsonString: json, options: JSONDecodingOptions(types: Self.types))
  }

  @Test("Extensions that the registry has are written by their full names, and read by them")
  func values() throws {
    var open = Open.with { $0.name = "a" }
    open[Open.rank] = 3
    open[Open.tags] = ["x", "y"]
    open[Open.strict].name = "s"
    open[Opener.part] = [.with { $0.number = 1 }]
    let json = try open.jsonString(options: JSONEncodingOptions(types: Self.types))
    #expect(
      json == """
        {"name":"a","[golden.rank]":3,"[golden.tags]":["x","y"],"[golden.strict]":{"name":"s"},\
        "[golden.Opener.part]":[{"number":1}]}
        """)
    #expect(try read(json) == open)
    #expect(try open.jsonString() == #"{"name":"a"}"#)
  }

  @Test(
    "An extension is refused where it is not known, comes twice, or lacks what it must have; null is none")
  func refused() throws {
    #expect(try read(#"{"[golden.rank]":null,"[golden.tags]":[]}"#) == Open())
    for json in [
      #"{"[golden.none]":1}"#, #"{"[golden.rank]":1,"[golden.rank]":1}"#, #"{"[golden.strict]":{}}"#,
      #"{"[]":1}"#,
      #"{"golden.rank":1}"#, #"{"[golden.rank]":"a"}"#,
    ] {
      #expect(throws: MessageCodingError.self) { try read(json) }
    }
    #expect(throws: MessageCodingError.self) { try Open(jsonString: #"{"[golden.rank]":1}"#) }
    let error = #expect(throws: MessageCodingError.self) { try read(#"{"[golden.strict]":{"name":1}}"#) }
    #expect(error?.fieldPath == ["golden.strict", "name"])
  }
}
