import Testing

@testable import ThinGRPCCodeGen

@Suite struct NamingTests {
  @Test(
    "Fields are named as in Swift",
    arguments: [
      ("created_at", "createdAt"), ("user_id", "userID"), ("id", "id"), ("http_url", "httpURL"),
      ("camelCase", "camelCase"), ("UPPER_CASE", "upperCase"), ("with2digits", "with2Digits"),
      ("self", "selfField"), ("_", "_Field"), ("__", "__"),
      ("debug_description", "debugDescriptionField"), ("description", "description"),
      ("unknown_fields", "unknownFieldsField"), ("_1st", "_1St"),
    ])
  func properties(field: String, property: String) {
    #expect(propertyName(field) == property)
  }

  @Test("A service gives way to the messages of its file and of those that it imports")
  func services() throws {
    let files = [
      "messages.proto": "syntax = \"proto3\"; package a; message HealthClient {} message StatusMock {}",
      "health.proto": """
      syntax = "proto3";
      package a;
      import "messages.proto";
      message HealthService {}
      service Health { rpc Get(HealthClient) returns (HealthService); }
      service Status { rpc Get(HealthClient) returns (StatusMock); }
      service Plain { rpc Get(HealthClient) returns (StatusMock); }
      service PlainClient { rpc Get(HealthClient) returns (StatusMock); }
      """,
    ]
    try ProtocolCompiler.with(files: files) { compiler in
      let request = try compiler.request(for: ["messages.proto", "health.proto"], parameter: "Mocks=true")
      let texts = try generatedFiles(for: request).map(\.text).joined()
      for name in ["HealthServiceService", "StatusService", "Plain", "PlainClientService"] {
        #expect(texts.contains("public protocol \(name): RPCService {"), "\(name)")
        #expect(texts.contains("public struct \(name)Client: \(name)ClientProtocol {"), "\(name)")
      }
    }
  }

  @Test("Two packages that extend a message by one name both say which they are, and one package its numbers")
  func extensions() throws {
    let files = [
      "base.proto": "syntax = \"proto2\"; package base; message Base { extensions 1 to 10; }",
      "one.proto": """
      syntax = "proto2"; package one; import "base.proto";
      extend base.Base { optional int32 note = 1; optional int32 a_b = 2; optional int32 aB = 3; }
      """,
      "two.proto":
        "syntax = \"proto2\"; package two; import \"base.proto\"; extend base.Base { optional int32 note = 4; }",
    ]
    try ProtocolCompiler.with(files: files) { compiler in
      let text = try generatedFiles(for: compiler.request(for: files.keys.sorted())).map(\.text).joined()
      for (name, number) in [("oneNote", 1), ("aB", 2), ("aB_3", 3), ("twoNote", 4)] {
        #expect(
          text.contains("static let \(name) = MessageExtension<Base, Int32>.optional(\(number), "), "\(name)")
      }
    }
  }
}
