import Foundation
import ThinGRPCCodeGen

/// Reads the file of the option `ModuleMappings`: `{"modules": [{"name": "FooProtos", "protos": ["foo/bar.proto"]}]}`.
func modules(at path: String) throws(GeneratorError) -> [SwiftModule] {
  struct ModuleMappings: Decodable {
    let modules: [SwiftModule]
  }
  do {
    return try JSONDecoder().decode(ModuleMappings.self, from: Data(contentsOf: URL(filePath: path))).modules
  } catch {
    throw GeneratorError("The module mappings in \(path) cannot be read: \(error)")
  }
}
