import Testing

@testable import ThinGRPCCodeGen

@Suite struct RefusalTests {
  @Test("A file of editions is refused with its name")
  func editions() throws {
    // protoc 3.21 has no editions, so the request is made by hand: a file with the syntax `editions`.
    var file = WireOutput()
    file.append("new.proto".utf8, field: 1)
    file.append("editions".utf8, field: 12)
    var request = WireOutput()
    request.append("new.proto".utf8, field: 1)
    request.append(file.bytes, field: 15)
    let bytes = request.bytes
    #expect(
      throws: GeneratorError("new.proto is written in editions; only proto2 and proto3 are supported")
    ) { try generatedFiles(for: bytes) }
  }

  @Test("Two types of one name in Swift are refused with both files")
  func collision() throws {
    let files = [
      "a.proto": "syntax = \"proto3\"; package a; message User {}",
      "b.proto": "syntax = \"proto3\"; package b; message User {}",
    ]
    try ProtocolCompiler.with(files: files) { compiler in
      let request = try compiler.request(for: ["a.proto", "b.proto"])
      let reason =
        "a.proto and b.proto both declare what is User in Swift; give one of the files the option swift_prefix, "
        + "or the types of each package a prefix (PackagePrefix=true)"
      #expect(throws: GeneratorError(reason)) { try generatedFiles(for: request) }
    }
  }

  @Test("Text that is part of no name in Swift does not get into one")
  func foreignPrefix() throws {
    let file = "syntax = \"proto3\"; option swift_prefix = \"A {} struct B\"; message User {}"
    try ProtocolCompiler.with(files: ["a.proto": file]) { compiler in
      let request = try compiler.request(for: ["a.proto"])
      let reason = "a.proto has a package or a swift_prefix that cannot be part of a name in Swift"
      #expect(throws: GeneratorError(reason)) { try generatedFiles(for: request) }
    }
  }

  @Test("Two files whose descriptions would have one name are refused with what helps")
  func pathCollision() throws {
    let files = ["a-b.proto": "syntax = \"proto3\";", "a_b.proto": "syntax = \"proto3\";"]
    try ProtocolCompiler.with(files: files) { compiler in
      let request = try compiler.request(for: ["a-b.proto", "a_b.proto"])
      let reason =
        "a-b.proto and a_b.proto both declare what is aBFile in Swift; give one of the files another name, "
        + "or put their code into different modules"
      #expect(throws: GeneratorError(reason)) { try generatedFiles(for: request) }
    }
  }

  @Test("Bytes that are no request get an answer that says so")
  func malformedRequest() throws {
    let answer = try WireFields(ThinGRPCCodeGen.response(to: [0x0a, 0xff])[...])
    #expect(answer.string(1)?.contains("cannot be read") == true)
    #expect(answer.bytes(15).isEmpty)
  }

  @Test("The answer has the files and declares proto3's optional fields")
  func answer() throws {
    let request = try ProtocolCompiler.goldens.request(for: ["golden/shared/part.proto"])
    let answer = try WireFields(ThinGRPCCodeGen.response(to: request)[...])
    #expect(answer.number(2) == 1)
    #expect(try answer.messages(15).map { $0.string(1) } == ["golden/shared/part.pb.swift"])
  }
}
