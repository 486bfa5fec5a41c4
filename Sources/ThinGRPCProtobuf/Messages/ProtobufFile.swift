/// A .proto file, with all that it declares: what reflection hands out. Generated code has a constant for each.
public struct ProtobufFile: Sendable {
  /// The path by which other files import it.
  public let path: String
  /// The files that it imports.
  public let imports: [ProtobufFile]
  private let descriptor: StaticString

  /// Describes a file. For generated code.
  ///
  /// - Parameters:
  ///   - path: the path by which other files import it.
  ///   - imports: the files that it imports.
  ///   - descriptor: its `google.protobuf.FileDescriptorProto` without comments, encoded, in base64.
  public init(_ path: String, imports: [ProtobufFile], descriptor: StaticString) {
    self.path = path
    self.imports = imports
    self.descriptor = descriptor
  }

  /// The file's `google.protobuf.FileDescriptorProto`, encoded, without comments.
  public var serializedDescriptor: [UInt8] {
    let text = unsafe UnsafeBufferPointer(
      start: descriptor.utf8Start, count: descriptor.utf8CodeUnitCount)
    return unsafe [UInt8](unsafeUninitializedCapacity: (text.count + 3) / 4 * 3) { buffer, initializedCount in
      guard let start = buffer.baseAddress else { return }
      guard let byteCount = unsafe decodeBase64(text, to: UnsafeMutableRawPointer(start)) else {
        fatalError("The description of \(path) is not in base64")
      }
      initializedCount = byteCount
    }
  }

  /// The file and all that it imports, directly or not, each once and after those that it imports.
  public var withAllImports: [ProtobufFile] {
    var seen: Set<String> = []
    var files: [ProtobufFile] = []
    func visit(_ file: ProtobufFile) {
      guard seen.insert(file.path).inserted else { return }
      file.imports.forEach(visit)
      files.append(file)
    }
    visit(self)
    return files
  }
}
