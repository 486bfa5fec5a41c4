/// A file of Swift code.
public struct GeneratedFile: Hashable, Sendable {
  /// Where it belongs, relative to the output folder.
  public let path: String
  public let text: String
}

/// Generates the Swift code for an encoded `CodeGeneratorRequest`, as the protocol compiler hands it to plugins.
///
/// - Throws: `GeneratorError` when the request cannot be read or asks for something that is not supported.
public func generatedFiles(for request: [UInt8]) throws(GeneratorError) -> [GeneratedFile] {
  let request = try WireFields(request[...])
  let paths = Set(request.strings(1))
  let options = try GeneratorOptions(parameter: request.string(2) ?? "")
  var files: [FileDeclaration] = []
  for file in try request.messages(15) {
    files.append(try FileDeclaration(file))
  }
  let emission = Emission(types: try TypeIndex(files, generating: paths), options: options)
  var generated: [GeneratedFile] = []
  for file in files where paths.contains(file.path) {
    // ThinGRPCProtobuf has these already.
    if wellKnownFiles.contains(file.path), options.imports != .insideRuntime { continue }
    if let messages = try emission.messageFile(file) { generated.append(messages) }
    if let services = try emission.serviceFile(file) { generated.append(services) }
  }
  return generated
}

/// Answers an encoded `CodeGeneratorRequest` with an encoded `CodeGeneratorResponse`: files, or what is wrong.
public func response(to request: [UInt8]) -> [UInt8] {
  var output = WireOutput()
  do {
    let files = try generatedFiles(for: request)
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
