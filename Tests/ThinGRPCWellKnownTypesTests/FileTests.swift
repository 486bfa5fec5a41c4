import Testing
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes

@Suite struct FileTests {
  @Test("A generated file carries its own description, which names what it declares")
  func description() throws {
    let file = googleProtobufTimestampFile
    let descriptor = try GoogleProtobuf.FileDescriptorProto(serializedBytes: file.serializedDescriptor)
    #expect(file.path == "google/protobuf/timestamp.proto" && descriptor.name == file.path)
    #expect(descriptor.package == "google.protobuf" && descriptor.syntax == "proto3")
    #expect(descriptor.messageType.map(\.name) == ["Timestamp"])
    #expect(!descriptor.hasSourceCodeInfo)
  }

  @Test("A file is listed behind all that it imports, each once")
  func imports() {
    let paths = googleProtobufApiFile.withAllImports.map(\.path)
    #expect(paths.last == "google/protobuf/api.proto")
    #expect(Set(paths).count == paths.count)
    #expect(
      paths.contains("google/protobuf/any.proto") && paths.contains("google/protobuf/source_context.proto"))
  }
}
