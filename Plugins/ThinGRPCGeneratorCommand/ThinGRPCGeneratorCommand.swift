import Foundation
import PackagePlugin

/// `swift package generate-grpc`: writes the code for the .proto files of each target whose `thin-grpc.json` says where to,
/// for code that is committed.
@main
struct ThinGRPCGeneratorCommand: CommandPlugin {
  func performCommand(context: PluginContext, arguments: [String]) throws {
    var extractor = ArgumentExtractor(arguments)
    let names = extractor.extractOption(named: "target")
    if let unknown = extractor.remainingArguments.first {
      throw PluginError("\(unknown) is not known; there is --target NAME, which may be there several times")
    }
    let generator = try context.tool(named: "protoc-gen-thin-grpc-swift").url
    let compiler = try protocolCompiler()
    var missing = Set(names)
    var isIdle = true
    for case let target as any SourceModuleTarget in context.package.targets {
      guard names.isEmpty || names.contains(target.name), let generation = try Generation(for: target),
        let output = generation.configuration.output
      else { continue }
      missing.remove(target.name)
      isIdle = false
      try generate(generation, for: target, into: output, compiler, generator)
    }
    guard missing.isEmpty, !isIdle else {
      let which = missing.isEmpty ? "No target of this package" : missing.sorted().joined(separator: ", ")
      throw PluginError("\(which): there is no thin-grpc.json with an output, or no Swift file beside it")
    }
  }

  private func generate(
    _ generation: Generation, for target: any SourceModuleTarget, into folder: String, _ compiler: URL,
    _ generator: URL
  ) throws {
    let output = target.directoryURL.appending(path: folder)
    try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
    let process = Process()
    process.executableURL = compiler
    process.arguments = generation.arguments(generator: generator, output: output, writesEmptyFiles: false)
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw PluginError("protoc failed for the target \(target.name)")
    }
    Diagnostics.remark(
      "\(target.name): code for \(generation.protos.joined(separator: ", ")) in \(output.path)")
  }
}
