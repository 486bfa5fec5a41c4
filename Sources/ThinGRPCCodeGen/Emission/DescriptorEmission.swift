extension Emission {
  /// Writes the description of a file, which reflection hands out.
  func emitDescriptor(of file: FileDeclaration, to text: inout SourceText) throws(GeneratorError) {
    text.line()
    text.line("/// `\(commentText(of: file.path))` itself, for those who ask a server what it serves.")
    let head = "\(access)let \(descriptorName(of: file.path)) = \(runtime("ProtobufFile"))("
    try text.block(head, end: ")") { (text) throws(GeneratorError) in
      text.line("\(stringLiteral(of: file.path)),")
      let imports = file.imports.map(types.descriptor)
      text.line("imports: [\(imports.joined(separator: ", "))],")
      text.line("descriptor: \"\(base64(file.descriptor))\"")
    }
  }
}

/// The name of the constant that describes a file.
func descriptorName(of path: String) -> String {
  let stem = path.hasSuffix(".proto") ? path.dropLast(6) : path[...]
  let words = stem.map { $0.isLetter || $0.isNumber ? $0 : "_" }
  let name = lowerCamelCase(String(words))
  return (name.first?.isNumber == true ? "_" : "") + name + "File"
}

/// Bytes in base64 (RFC 4648), with padding.
private func base64(_ bytes: [UInt8]) -> String {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var text: [UInt8] = []
  text.reserveCapacity((bytes.count + 2) / 3 * 4)
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let group = bytes[start..<min(start + 3, bytes.count)]
    let value = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
    for index in 0..<4 {
      text.append(index <= group.count ? alphabet[value >> (18 - 6 * index) & 63] : UInt8(ascii: "="))
    }
  }
  return String(decoding: text, as: UTF8.self)
}
