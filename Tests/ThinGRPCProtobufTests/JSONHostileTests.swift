import GoldenProtos
import Testing
import ThinGRPC
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes

@Suite struct JSONHostileTests {
  private func nested(_ opening: String, _ closing: String, _ levels: Int) -> String {
    String(repeating: opening, count: levels) + String(repeating: closing, count: levels)
  }

  @Test("Messages, lists and objects are not read deeper than the limit")
  func depth() throws {
    let levels = #"{"others":["#
    func tree(_ count: Int) -> String { nested(levels, "]}", count - 1).replacing("[]", with: "[{}]") }
    #expect(throws: Never.self) { try Tree(jsonString: tree(100)) }
    #expect(throws: MessageCodingError.self) { try Tree(jsonString: tree(101)) }
    #expect(throws: MessageCodingError.self) { try Tree(jsonString: tree(1_000_000)) }
    #expect(throws: MessageCodingError.self) {
      try Tree(jsonString: tree(4), options: JSONDecodingOptions(maximumDepth: 3))
    }
    #expect(throws: Never.self) { try GoogleProtobuf.Value(jsonString: nested("[", "]", 50)) }
    #expect(throws: MessageCodingError.self) { try GoogleProtobuf.Value(jsonString: nested("[", "]", 51)) }
    let ignoring = JSONDecodingOptions(ignoresUnknownFields: true)
    for (opening, closing) in [("[", "]"), (#"{"a":"#, "}")] {
      let content = nested(opening, closing, 1_000_000)
      #expect(throws: MessageCodingError.self) {
        try Leaf(jsonString: #"{"x":\#(content)}"#, options: ignoring)
      }
    }
  }

  @Test("A size limit is kept")
  func size() throws {
    let json = #"{"name":"abc"}"#
    #expect(throws: Never.self) {
      try Leaf(jsonString: json, options: JSONDecodingOptions(maximumByteCount: 14))
    }
    #expect(throws: MessageCodingError.self) {
      try Leaf(jsonString: json, options: JSONDecodingOptions(maximumByteCount: 13))
    }
  }

  @Test("Messages that take many times the memory of their JSON are refused when they are too many")
  func memory() throws {
    func scalars(_ count: Int) -> String {
      "{\"others\":[" + Array(repeating: "{}", count: count).joined(separator: ",") + "]}"
    }
    #expect(throws: Never.self) { try Tree(jsonString: scalars(1000)) }
    let error = #expect(throws: MessageCodingError.self) { try Tree(jsonString: scalars(530_000)) }
    #expect(error?.reason.contains("memory") == true)
  }

  @Test("JSON that is cut off anywhere is refused, and read no further than it goes")
  func cutOff() throws {
    let order =
      #"{"at":"2024-02-29T00:00:00.5Z","detail":{"@type":"/google.protobuf.Duration","value":"1s"},"data":{"a":[1e5,"\ud83d\ude01",null,true]},"nickname":"abc","mask":"a,bC"}"#
    let bytes = Array(order.utf8)
    let types = TypeRegistry.wellKnownTypes
    #expect(throws: Never.self) { try Order(jsonBytes: bytes, options: JSONDecodingOptions(types: types)) }
    for count in 0..<bytes.count {
      #expect(throws: MessageCodingError.self) {
        try Order(jsonBytes: Array(bytes.prefix(count)), options: JSONDecodingOptions(types: types))
      }
      #expect(throws: MessageCodingError.self) {
        try Order(
          jsonBytes: Array(#"{"x":"#.utf8) + bytes.prefix(count),
          options: JSONDecodingOptions(ignoresUnknownFields: true, types: types))
      }
    }
  }

  @Test("Bytes that are changed at random are read or refused, and what is read can be written")
  func randomChanges() {
    var random = SystemRandomNumberGenerator()
    let order =
      #"{"at":"2024-02-29T00:00:00.5Z","within":"-1.5s","detail":{"@type":"/google.protobuf.Value","value":[1]},"data":{"a":[1e5,"\ud83d\ude01",null,true]},"nickname":"abc","mask":"a,bC","count":"5","parts":[{}]}"#
    let interesting = Array("{}[]\",:\\u0-+.eE9tfn \u{0}".utf8) + [0x80, 0xc3, 0xff]
    for _ in 0..<20_000 {
      var bytes = Array(order.utf8)
      for _ in 0..<Int.random(in: 1...4) {
        let position = Int.random(in: 0..<bytes.count)
        switch Int.random(in: 0..<3) {
        case 0: bytes[position] = interesting.randomElement(using: &random) ?? 0
        case 1: bytes.remove(at: position)
        default: bytes.insert(interesting.randomElement(using: &random) ?? 0, at: position)
        }
      }
      guard
        let message = try? Order(jsonBytes: bytes, options: JSONDecodingOptions(ignoresUnknownFields: true))
      else {
        continue
      }
      #expect(throws: Never.self) { try Order(jsonString: message.jsonString()) == message }
    }
  }

  @Test("A type of many fields finds them in any order, and refuses each that comes twice")
  func manyFields() throws {
    let message = Scalars.with {
      $0.doubleValue = 1
      $0.bytesValue = [1]
      $0.boolValue = true
    }
    let json = #"{"bytesValue":"AQ","bool_value":true,"doubleValue":1}"#
    #expect(try Scalars(jsonString: json) == message)
    let names = (1...29).map { "name\($0)" }
    #expect(throws: MessageCodingError.self) {
      try Keywords(jsonString: "{" + names.map { "\"\($0)\":1" }.joined(separator: ",") + "}")
    }
    #expect(
      try Keywords(
        jsonString: #"{"layout":"a","self":"b","UPPER_CASE":"c","http_url":"d"}"#,
        options: .init(ignoresUnknownFields: true)
      ).httpURL == "d")
  }
}
