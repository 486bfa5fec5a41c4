import Foundation

/// Finds `protoc`: where `PROTOC_PATH` says, or else in the folders of `PATH`.
func protocolCompiler() throws -> URL {
  let environment = ProcessInfo.processInfo.environment
  if let path = environment["PROTOC_PATH"] { return URL(filePath: path) }
  for folder in (environment["PATH"] ?? "").split(separator: ":") {
    let candidate = URL(filePath: String(folder)).appending(path: "protoc")
    if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
  }
  throw PluginError("protoc is not in PATH: install it (Debian's protobuf-compiler), or set PROTOC_PATH")
}
