/// A file of Swift code.
public struct GeneratedFile: Hashable, Sendable {
  /// Where it belongs, relative to the output folder.
  public let path: String
  public let text: String
  /// The .proto file that it comes from.
  let source: String
}

/// Generates the Swift code for an encoded `CodeGeneratorRequest`, as the protocol compiler hands it to plugins.
///
/// - Parameters:
///   - request: the bytes.
///   - readModules: reads the file that the option `ModuleMappings` names.
/// - Throws: `GeneratorError` when the request cannot be read or asks for something that is not supported.
public func generatedFiles(
  for request: [UInt8], readingModules readModules: ModuleReading = refuseModules
) throws(GeneratorError) -> [GeneratedFile] {
  let request = try WireFields(request[...])
  let paths = Set(request.strings(1))
  let options = try GeneratorOptions(
    parameter: request.string(2) ?? "", readingModules: readModules)
  var files: [FileDeclaration] = []
  for file in try request.messages(15) {
    files.append(try FileDeclaration(file))
  }
  let modules = ModuleMap(options, requested: paths)
  let emission = Emission(types: try TypeIndex(files, modules), options: options)
  var generated: [GeneratedFile] = []
  for file in files where paths.contains(file.path) {
    let isGenerated = modules.isGenerated(file.path)
    // Each kind of file: whether it is asked for, its ending, and what makes it.
    let kinds: [(Bool, String, (FileDeclaration) throws(GeneratorError) -> GeneratedFile?)] = [
      (options.messages, "pb.swift", emission.messageFile),
      (options.client || options.server, "grpc.swift", emission.serviceFile),
      (options.mocks, "mock.swift", emission.mockFile),
    ]
    for (isWanted, ending, make) in kinds where isWanted {
      if isGenerated, let made = try make(file) {
        generated.append(made)
      } else if options.emptyFiles {
        generated.append(try emission.emptyFile(file, ending: ending))
      }
    }
  }
  var sources: [String: String] = [:]
  for file in generated {
    if let other = sources.updateValue(file.source, forKey: file.path) {
      throw GeneratorError(
        "\(other) and \(file.source) would both become \(file.path); choose another FileNaming")
    }
  }
  return generated
}

/// Answers an encoded `CodeGeneratorRequest` with an encoded `CodeGeneratorResponse`: files, or what is wrong.
///
/// - Parameters:
///   - request: the bytes.
///   - readModules: reads the file that the option `ModuleMappings` names.
public func response(
  to request: [UInt8], readingModules readModules: ModuleReading = refuseModules
) -> [UInt8] {
  var output = WireOutput()
  do {
    let files = try generatedFiles(for: request, readingModules: readModules)
    let proto3Optional: UInt64 = 1
    output.append(number: proto3Optional, field: 2)
    for file in files {
      var entry = WireOutput()
      entry.append(file.path.utf8, field: 1)
      entry.append(file.text.utf8, field: 15)
      output.append(entry.bytes, field: 15)
    }
  } catch {
    output.append(error.reason.utf8, field: 1)
  }
  return output.bytes
}
