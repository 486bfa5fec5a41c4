import Foundation
import Testing
import ThinGRPC
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes

@Suite struct DescriptorTests {
  @Test("The protocol compiler's own description of its files is read, and written again as it was")
  func compilerOutput() throws {
    let output = FileManager.default.temporaryDirectory.appending(path: "set-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: output) }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "protoc", "--include_imports", "--include_source_info", "--descriptor_set_out=\(output.path)",
      "google/protobuf/descriptor.proto", "google/protobuf/api.proto",
    ]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    let bytes = try [UInt8](Data(contentsOf: output))

    let set = try GoogleProtobuf.FileDescriptorSet(serializedBytes: bytes)
    let names = set.file.map(\.name)
    #expect(
      names.contains("google/protobuf/descriptor.proto") && names.contains("google/protobuf/type.proto"))
    let descriptor = try #require(set.file.first { $0.name == "google/protobuf/descriptor.proto" })
    #expect(descriptor.messageType.contains { $0.name == "FileDescriptorProto" })
    #expect(descriptor.options.javaPackage == "com.google.protobuf")
    #expect(try set.serializedBytes() == bytes)
  }
}
