import Foundation
import PackagePlugin

/// Generates code for the .proto files of a target with a `thin-grpc.json`, whenever it is built.
@main
struct ThinGRPCGenerator: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    guard let target = target as? any SourceModuleTarget else { return [] }
    guard let generation = try Generation(for: target) else {
      Diagnostics.error("The target \(target.name) has no thin-grpc.json")
      return []
    }
    let generator = try context.tool(named: "protoc-gen-thin-grpc-swift").url
    let output = context.pluginWorkDirectoryURL
    return [
      .buildCommand(
        displayName: "Generating code for the .proto files of \(target.name)",
        executable: try protocolCompiler(),
        arguments: generation.arguments(generator: generator, output: output, writesEmptyFiles: true),
        inputFiles: generation.inputs + [generator], outputFiles: generation.outputs(in: output))
    ]
  }
}
