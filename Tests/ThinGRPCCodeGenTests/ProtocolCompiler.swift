import Foundation

@testable import ThinGRPCCodeGen

/// Requests as the protocol compiler makes them, from the .proto files beside the tests.
struct ProtocolCompiler {
  /// The folder of the .proto files.
  let root: URL

  static let goldenFolder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
  static let goldens = ProtocolCompiler(root: goldenFolder.appending(path: "protos"))

  /// Runs `body` with a folder that has just `files`.
  static func with<Result>(
    files: [String: String], _ body: (ProtocolCompiler) throws -> Result
  ) throws -> Result {
    let root = FileManager.default.temporaryDirectory.appending(path: "protos-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: root) }
    for (name, text) in files {
      let file = root.appending(path: name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    return try body(ProtocolCompiler(root: root))
  }

  /// An encoded `CodeGeneratorRequest` to generate code for `files`.
  func request(for files: [String], parameter: String = "") throws -> [UInt8] {
    let descriptors = FileManager.default.temporaryDirectory.appending(path: "set-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: descriptors) }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      ["protoc", "-I", root.path, "--include_imports", "--include_source_info"]
      + ["--descriptor_set_out=\(descriptors.path)"] + files
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CompilationError(files: files) }

    var request = WireOutput()
    for file in files { request.append(file.utf8, field: 1) }
    request.append(parameter.utf8, field: 2)
    // The set's only field is its files: the same messages as the request's field 15.
    let set = try WireFields([UInt8](Data(contentsOf: descriptors))[...])
    for file in set.bytes(1) { request.append(file, field: 15) }
    return request.bytes
  }

  struct CompilationError: Error {
    let files: [String]
  }
}
