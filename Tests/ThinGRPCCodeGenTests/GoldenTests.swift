import Foundation
import Testing

@testable import ThinGRPCCodeGen

@Suite struct GoldenTests {
  @Test("The generated code is the expected one, file by file; scripts/generate writes it again")
  func goldens() throws {
    let names = ["scalars", "shapes", "names", "service", "shared/part", "wide", "wide_legacy"]
    let protos = names.map { "golden/\($0).proto" }
    let files = try generatedFiles(for: ProtocolCompiler.goldens.request(for: protos))
    #expect(files.count == 9)
    for file in files {
      let expected = try String(
        contentsOf: ProtocolCompiler.goldenFolder.appending(path: file.path), encoding: .utf8)
      #expect(file.text == expected, "\(file.path)")
    }
  }

  @Test("The visibility is that of the option", arguments: ["public", "package", "internal"])
  func visibility(_ visibility: String) throws {
    let request = try ProtocolCompiler.goldens.request(
      for: ["golden/service.proto", "golden/shapes.proto", "golden/shared/part.proto"],
      parameter: "Visibility=\(visibility)")
    for file in try generatedFiles(for: request) {
      for other in ["public", "package", "internal"] where other != visibility {
        #expect(!file.text.contains("\(other) "), "\(file.path)")
      }
      #expect(file.text.contains("\(visibility) import ThinGRPC"))
    }
  }

  @Test("A file of one kind of declaration imports only what it uses")
  func imports() throws {
    let enumOnly = "syntax = \"proto3\"; enum Only { ONLY_UNSPECIFIED = 0; }"
    try ProtocolCompiler.with(files: ["only.proto": enumOnly, "none.proto": "syntax = \"proto3\";"]) {
      compiler in
      let files = try generatedFiles(for: compiler.request(for: ["only.proto", "none.proto"]))
      #expect(files.map(\.path) == ["only.pb.swift", "none.pb.swift"])
      #expect(files.allSatisfy { !$0.text.contains("import ThinGRPC\n") })
    }
  }

  @Test("A thousand messages are generated in a moment")
  func manyMessages() throws {
    let messages = (0..<1_000).map { "message M\($0) { string a = 1; M\(($0 + 1) % 1_000) next = 2; }" }
    let text = "syntax = \"proto3\";\n" + messages.joined(separator: "\n")
    try ProtocolCompiler.with(files: ["many.proto": text]) { compiler in
      let request = try compiler.request(for: ["many.proto"])
      let clock = ContinuousClock()
      var files: [GeneratedFile] = []
      let time = try clock.measure { files = try generatedFiles(for: request) }
      #expect(files.first?.text.contains("struct M999: ") == true)
      #expect(time < .seconds(60))
    }
  }

  @Test("Messages inside of each other are generated in a moment, however deep they are")
  func deepMessages() throws {
    // Were each level to look twice at the one below it, thirty of them would take minutes.
    let messages = (1..<1_000).map { "message M\($0) { M\($0 - 1) inner = 1; }" }
    let text = "syntax = \"proto3\"; message M0 { int32 a = 1; }\n" + messages.joined(separator: "\n")
    try ProtocolCompiler.with(files: ["deep.proto": text]) { compiler in
      let request = try compiler.request(for: ["deep.proto"])
      let clock = ContinuousClock()
      var files: [GeneratedFile] = []
      let time = try clock.measure { files = try generatedFiles(for: request) }
      #expect(files.first?.text.contains("struct M999: ") == true)
      #expect(time < .seconds(60))
    }
  }
}
