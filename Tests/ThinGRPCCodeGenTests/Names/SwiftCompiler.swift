import Foundation

@testable import ThinGRPCCodeGen

/// The Swift compiler, as far as types, with the settings and against the modules that the tests are built with.
enum SwiftCompiler {
  /// What the compiler says of files in one module; nothing where all is well.
  static func complaints(about files: [GeneratedFile]) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: "swift-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var paths: [String] = []
    for file in files {
      let path = folder.appending(path: file.path.replacing("/", with: "_"))
      try file.text.write(to: path, atomically: true, encoding: .utf8)
      paths.append(path.path)
    }
    let programs = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      [
        "swiftc", "-typecheck", "-wmo", "-parse-as-library", "-swift-version", "6", "-strict-memory-safety",
        "-warnings-as-errors", "-module-name", "Hostile", "-I", programs.appending(path: "Modules").path,
        "-I", programs.path, "-Xcc", "-fmodule-map-file=\(root.path)/CGRPCShim/module.modulemap",
        "-Xcc", "-fmodule-map-file=\(root.path)/Sources/CProtobufC/module.modulemap",
        "-Xcc", "-fmodule-map-file=\(root.path)/Sources/COpenSSL/module.modulemap",
      ]
      + [
        "ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility",
        "NonisolatedNonsendingByDefault",
      ].flatMap { ["-enable-upcoming-feature", $0] } + paths
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationStatus == 0 && text.isEmpty
      ? "" : "status \(process.terminationStatus): \(text)"
  }
}
