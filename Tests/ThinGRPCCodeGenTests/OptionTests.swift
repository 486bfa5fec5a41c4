import Foundation
import Testing

@testable import ThinGRPCCodeGen

@Suite struct OptionTests {
  private let twoPackages = [
    "a/x.proto":
      "syntax = \"proto3\"; package a.b_c.v1; message User {} service Users { rpc Get(User) returns (User); }",
    "b/x.proto":
      "syntax = \"proto3\"; package b; import \"a/x.proto\"; message User { .a.b_c.v1.User other = 1; }",
  ]

  private func files(_ parameter: String, of files: [String: String]? = nil) throws -> [GeneratedFile] {
    let files = files ?? twoPackages
    return try ProtocolCompiler.with(files: files) { compiler in
      try generatedFiles(for: compiler.request(for: files.keys.sorted(), parameter: parameter))
    }
  }

  private func text(_ parameter: String, of file: String) throws -> String {
    try files(parameter, of: ["foo/bar.proto": file]).map(\.text).joined()
  }

  @Test("Files are named by their whole path, by it with underscores, or without it")
  func fileNaming() throws {
    let file = ["foo/bar.proto": "syntax = \"proto3\"; message M {} service S {}"]
    for (naming, stem) in [("FullPath", "foo/bar"), ("PathToUnderscores", "foo_bar"), ("DropPath", "bar")] {
      let paths = try files("FileNaming=\(naming),Mocks=true", of: file).map(\.path)
      #expect(paths == ["\(stem).pb.swift", "\(stem).grpc.swift", "\(stem).mock.swift"])
    }
  }

  @Test("Two files that would be written to one path are refused")
  func oneNameTwice() {
    let reason = "a/x.proto and b/x.proto would both become x.pb.swift; choose another FileNaming"
    #expect(throws: GeneratorError(reason)) { try files("FileNaming=DropPath,PackagePrefix=true") }
  }

  @Test("Messages, clients, servers and mocks are written where they are asked for")
  func kinds() throws {
    let file = "syntax = \"proto3\"; message M {} service S { rpc Get(M) returns (M); }"
    let parts = ["struct M:", "struct SClient:", "protocol S:", "struct SMock:"]
    for (parameter, wanted) in [
      ("", [true, true, true, false]), ("Mocks=true", [true, true, true, true]),
      ("Server=false", [true, true, false, false]), ("Client=false", [true, false, true, false]),
      ("Messages=false", [false, true, true, false]),
      ("Client=false,Server=false", [true, false, false, false]),
      ("Messages=false,Client=false,Server=false,Mocks=true", [false, false, false, true]),
    ] {
      let text = try text(parameter, of: file)
      #expect(parts.map(text.contains) == wanted, "\(parameter)")
      // The descriptions of the methods are there with the first who needs them.
      #expect(text.contains("enum SMethods") == (wanted[1] || wanted[2]))
    }
  }

  @Test("Each file that could be is written where empty ones are wanted, though another module has the code")
  func emptyFiles() throws {
    let file = ["foo/bar.proto": "syntax = \"proto3\"; message M {}"]
    let files = try files("EmptyFiles=true,Mocks=true", of: file)
    #expect(files.map(\.path) == ["foo/bar.pb.swift", "foo/bar.grpc.swift", "foo/bar.mock.swift"])
    #expect(files[0].text.contains("struct M:") && !files[1].text.contains("import"))
    let others = try self.files("EmptyFiles=true,Server=false,ModuleName=A,Module=foo/=B", of: file)
    #expect(others.map(\.path) == ["foo/bar.pb.swift", "foo/bar.grpc.swift"])
    #expect(!others[0].text.contains("struct M:"))
  }

  @Test("Types have the prefix of the option, or of their package, or of their file's own option")
  func prefixes() throws {
    let file =
      "syntax = \"proto3\"; package my.app_v1; message M { M m = 1; message N {} } enum E { A = 0; } service S {}"
    for (parameter, prefix) in [
      ("TypePrefix=Foo", "Foo"), ("PackagePrefix=true", "MyAppV1"),
      ("PackagePrefix=true,TypePrefix=Foo", "FooMyAppV1"), ("PackagePrefix=false", ""),
    ] {
      let text = try text(parameter, of: file)
      for declaration in [
        "struct \(prefix)M:", "struct N:", "struct \(prefix)E:", "struct \(prefix)SClient:",
      ] {
        #expect(text.contains(declaration), "\(parameter): \(declaration)")
      }
      #expect(text.contains("public var m: \(prefix)M {"))
      #expect(text.contains("extension \(prefix)M.N {"))
    }
    let own = file.replacing("package", with: "option swift_prefix = \"Own\"; package")
    #expect(try text("PackagePrefix=true,TypePrefix=Foo", of: own).contains("struct OwnM:"))
  }

  @Test("With a prefix for each package, types of one name in two packages become two")
  func twoPackagesInOneModule() throws {
    let files = try files("PackagePrefix=true")
    #expect(files.map(\.path) == ["a/x.pb.swift", "a/x.grpc.swift", "b/x.pb.swift"])
    #expect(files[0].text.contains("struct ABCV1User:"))
    #expect(files[2].text.contains("public var other: ABCV1User {"))
  }

  @Test("An unknown option or value is refused, with those that there are")
  func refusals() {
    let known =
      "Visibility, FileNaming, Messages, Client, Server, Mocks, EmptyFiles, TypePrefix, PackagePrefix, ModuleName, Module, ModuleMappings"
    for (parameter, reason) in [
      ("Visibility=Public,Color=red", "The option Color is not known; there are \(known)"),
      ("=", "The option = is not known; there are \(known)"),
      ("Visibility=secret", "The option Visibility is one of Public, Package, Internal, not \"secret\""),
      (
        "FileNaming=Short",
        "The option FileNaming is one of FullPath, PathToUnderscores, DropPath, not \"Short\""
      ),
      ("Client=no", "The option Client is true or false, not \"no\""),
      ("TypePrefix=1a", "The option TypePrefix needs a name in Swift, not \"1a\""),
      ("ModuleName=", "The option ModuleName needs a name in Swift, not \"\""),
      ("Module=Foo", "The option Module is like Module=foo/bar.proto=FooProtos, not \"Foo\""),
      ("ModuleMappings=a.json", "The file a.json of the option ModuleMappings cannot be read here"),
    ] {
      #expect(throws: GeneratorError(reason)) { try GeneratorOptions(parameter: parameter) }
    }
  }
}
