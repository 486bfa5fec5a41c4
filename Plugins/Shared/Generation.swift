import Foundation
import PackagePlugin

/// A run of the protocol compiler with the generator, as a target's `thin-grpc.json` wants it.
struct Generation {
  let configuration: Configuration
  /// The file of the configuration.
  let file: URL
  /// The files to generate code for, as they are imported.
  let protos: [String]
  /// All files that the run may read.
  let inputs: [URL]

  private let protoPaths: [URL]
  private let moduleName: String

  /// The run for a target; nil if it has no configuration.
  init?(for target: any SourceModuleTarget) throws {
    let folder = target.directoryURL
    file = folder.appending(path: "thin-grpc.json")
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    configuration = try Configuration(at: file)
    moduleName = target.moduleName
    protoPaths = configuration.protoPaths.map { folder.appending(path: $0).standardizedFileURL }

    var protos: [String] = []
    var inputs = [file]
    for root in protoPaths {
      for path in Self.protos(in: root) {
        inputs.append(root.appending(path: path))
        if configuration.isWanted(path), !protos.contains(path) { protos.append(path) }
      }
    }
    guard !protos.isEmpty else { throw PluginError("\(file.path) names no .proto file that there is") }
    for entry in configuration.protos ?? [] where !entry.hasSuffix("/") && !protos.contains(entry) {
      throw PluginError("\(entry), which \(file.path) names, is in none of its protoPaths")
    }
    self.protos = protos
    self.inputs = inputs
  }

  /// The arguments of the protocol compiler.
  ///
  /// - Parameters:
  ///   - generator: the generator's program.
  ///   - output: the folder to write to.
  ///   - writesEmptyFiles: whether there is to be each file that could be, though nothing is in it.
  func arguments(generator: URL, output: URL, writesEmptyFiles: Bool) -> [String] {
    var options = configuration.options.mapValues(\.parameter)
    // A module's files must not have the same name: SwiftPM refuses that even in two folders.
    options["FileNaming"] = fileNaming
    options["ModuleName"] = options["ModuleName"] ?? moduleName
    if configuration.hasModules { options["ModuleMappings"] = file.path }
    if writesEmptyFiles { options["EmptyFiles"] = "true" }
    let parameter = options.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    return protoPaths.map { "--proto_path=\($0.path)" } + [
      "--plugin=protoc-gen-thin-grpc-swift=\(generator.path)", "--thin-grpc-swift_opt=\(parameter)",
      "--thin-grpc-swift_out=\(output.path)",
    ] + protos
  }

  /// The files that a run with empty ones writes into a folder.
  func outputs(in folder: URL) -> [URL] {
    var endings: [String] = []
    if flag("Messages", unset: true) { endings.append("pb.swift") }
    if flag("Client", unset: true) || flag("Server", unset: true) { endings.append("grpc.swift") }
    if flag("Mocks", unset: false) { endings.append("mock.swift") }
    return protos.flatMap { proto in
      endings.map { folder.appending(path: "\(stem(of: proto)).\($0)") }
    }
  }

  private var fileNaming: String { configuration.options["FileNaming"]?.parameter ?? "PathToUnderscores" }

  private func stem(of proto: String) -> String {
    let stem = String(proto.dropLast(".proto".count))
    return switch fileNaming.lowercased() {
    case "pathtounderscores": stem.replacing("/", with: "_")
    case "droppath": stem.split(separator: "/").last.map(String.init) ?? stem
    default: stem
    }
  }

  private func flag(_ option: String, unset: Bool) -> Bool {
    configuration.options[option].map { $0.parameter.lowercased() == "true" } ?? unset
  }

  /// The .proto files in a folder and those in it, in order.
  private static func protos(in folder: URL) -> [String] {
    let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    return paths.filter { $0.hasSuffix(".proto") }.sorted()
  }
}

extension Configuration {
  /// Whether code is to be generated for the file at `path`.
  func isWanted(_ path: String) -> Bool {
    guard let protos else { return true }
    return protos.contains { $0 == path || ($0.hasSuffix("/") && path.hasPrefix($0)) }
  }
}
