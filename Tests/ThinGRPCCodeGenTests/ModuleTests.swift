import Foundation
import Testing

@testable import ThinGRPCCodeGen

@Suite struct ModuleTests {
  private let protos = [
    "foo/part.proto": "syntax = \"proto3\"; package foo; message Part {}",
    "foo/all.proto": "syntax = \"proto3\"; package foo; import public \"foo/part.proto\";",
    "bar/order.proto":
      "syntax = \"proto3\"; package bar; import \"foo/all.proto\"; message Order { foo.Part part = 1; }",
  ]

  private func files(_ parameter: String, generating paths: [String]) throws -> [String: String] {
    try ProtocolCompiler.with(files: protos) { compiler in
      let request = try compiler.request(for: paths, parameter: parameter)
      let files = try generatedFiles(for: request) { (path) throws(GeneratorError) in
        #expect(path == "modules.json")
        return [SwiftModule(name: "FooProtos", protos: ["foo/"], typePrefix: TypePrefix("F"))]
      }
      return Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.text) })
    }
  }

  @Test("A type of another module is named with it, and the module is imported")
  func otherModule() throws {
    let files = try files("Module=foo/part.proto=FooProtos", generating: ["bar/order.proto"])
    let text = try #require(files["bar/order.pb.swift"])
    #expect(text.contains("public import FooProtos\npublic import ThinGRPCProtobuf\n"))
    #expect(text.contains("public var part: FooProtos.Part {"))
  }

  @Test("A type that is said to be in the same module is neither imported nor named with it")
  func sameModule() throws {
    for parameter in ["", "ModuleName=FooProtos,Module=foo/=FooProtos", "Module=foo/=All,Module=bar/=All"] {
      let files = try files(parameter, generating: ["bar/order.proto"])
      let text = try #require(files["bar/order.pb.swift"])
      #expect(text.contains("public var part: Part {"), "\(parameter)")
      #expect(!text.contains("import FooProtos") && !text.contains("import All"), "\(parameter)")
    }
  }

  @Test("What another module has is not written again")
  func onlyOwnFiles() throws {
    let all = protos.keys.sorted()
    let mapped = "Module=foo/=FooProtos,Module=bar/=BarProtos"
    #expect(
      try files("\(mapped),ModuleName=FooProtos", generating: all).keys.sorted()
        == ["foo/all.pb.swift", "foo/part.pb.swift"])
    #expect(
      try files("\(mapped),ModuleName=BarProtos", generating: all).keys.sorted() == ["bar/order.pb.swift"])
    #expect(try files(mapped, generating: all).count == 3)
  }

  @Test("A file that hands on another module's does so in Swift")
  func publicImports() throws {
    let text = try files("Module=foo/part.proto=FooProtos", generating: ["foo/all.proto"])["foo/all.pb.swift"]
    #expect(text?.contains("\n@_exported public import FooProtos\n") == true)
    let package = "Module=foo/part.proto=FooProtos,Visibility=package"
    let packageText = try files(package, generating: ["foo/all.proto"])["foo/all.pb.swift"]
    #expect(packageText?.contains("@_exported") == false)
  }

  @Test("A module that no declaration mentions, as where only options are imported, is imported internally")
  func optionsOnly() throws {
    let protos = [
      "foo/options.proto": """
      syntax = "proto3";
      import "google/protobuf/descriptor.proto";
      extend google.protobuf.MessageOptions { int32 cost = 50000; }
      """,
      "bar/order.proto": """
      syntax = "proto3";
      import "foo/options.proto";
      message Order { option (cost) = 1; }
      """,
    ]
    try ProtocolCompiler.with(files: protos) { compiler in
      let request = try compiler.request(for: ["bar/order.proto"], parameter: "Module=foo/=FooProtos")
      let text = try #require(try generatedFiles(for: request).first?.text)
      #expect(text.contains("\ninternal import FooProtos\n"))
      #expect(text.contains("\npublic import ThinGRPCProtobuf\n"))
    }
  }

  @Test("The longest path that matches tells the module, and the mapping can tell its types' prefix")
  func mappings() throws {
    let mapped = try files("ModuleMappings=modules.json", generating: ["bar/order.proto"])[
      "bar/order.pb.swift"]
    #expect(mapped?.contains("public var part: FooProtos.FPart {") == true)
    let longer = try files(
      "ModuleMappings=modules.json,Module=foo/part.proto=Parts", generating: ["bar/order.proto"])
    #expect(longer["bar/order.pb.swift"]?.contains("public var part: Parts.Part {") == true)
  }

  @Test("A module with a type of its own name is imported, and not named: that type would be meant")
  func eponymousModule() throws {
    let text = try files("Module=foo/=Part", generating: ["bar/order.proto"])["bar/order.pb.swift"]
    #expect(text?.contains("public import Part\n") == true)
    #expect(text?.contains("public var part: Part {") == true)
  }

  @Test("The well-known types are written only for their own module")
  func wellKnownTypes() throws {
    for (parameter, count) in [("", 0), ("ModuleName=Mine", 0), ("ModuleName=ThinGRPCWellKnownTypes", 1)] {
      let request = try ProtocolCompiler.goldens.request(
        for: ["google/protobuf/timestamp.proto"], parameter: parameter)
      #expect(try generatedFiles(for: request).count == count)
    }
  }

  @Test("Modules are read from JSON")
  func json() throws {
    let text = """
      [
        {"name": "A", "protos": ["a.proto", "a/"]},
        {"name": "B", "protos": [], "typePrefix": "X", "packagePrefix": true}
      ]
      """
    #expect(
      try JSONDecoder().decode([SwiftModule].self, from: Data(text.utf8)) == [
        SwiftModule(name: "A", protos: ["a.proto", "a/"]),
        SwiftModule(name: "B", protos: [], typePrefix: TypePrefix("X", includesPackage: true)),
      ])
  }
}
