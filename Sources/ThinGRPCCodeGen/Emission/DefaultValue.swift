extension FieldDeclaration {
  /// The value of the field when it is not set, in Swift.
  func unsetValue(_ types: TypeIndex) throws(GeneratorError) -> String {
    guard let defaultValue else { return try type.swiftDefault(types) }
    let unreadable = GeneratorError("The default of the field \(name) cannot be read")
    switch type {
    case .message: return try type.swiftDefault(types)
    case .enumeration(let name):
      guard let declaration = types.enumeration(name),
        let index = declaration.values.firstIndex(where: { $0.name == defaultValue })
      else { throw GeneratorError("The default of the field \(self.name) is no value of its enum") }
      return "\(try types.swiftName(name)).\(escaped(valueNames(of: declaration)[index]))"
    case .scalar(.string): return stringLiteral(of: defaultValue)
    case .scalar(.bytes): return "[\(try unescapedBytes(of: defaultValue))]"
    case .scalar(.bool):
      guard Bool(defaultValue) != nil else { throw unreadable }
      return defaultValue
    case .scalar:
      guard Double(defaultValue) != nil else { throw unreadable }
      return numberLiteral(of: defaultValue)
    }
  }

  /// The bytes that protoc writes with C's escapes, as the elements of an array.
  private func unescapedBytes(of text: String) throws(GeneratorError) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
        bytes.append(byte)
        continue
      }
      switch escape {
      case UInt8(ascii: "n"): bytes.append(10)
      case UInt8(ascii: "r"): bytes.append(13)
      case UInt8(ascii: "t"): bytes.append(9)
      case UInt8(ascii: "0")...UInt8(ascii: "7"):
        let digits = [escape] + rest.prefix(2)
        rest = rest.dropFirst(2)
        guard let byte = UInt8(String(decoding: digits, as: UTF8.self), radix: 8) else {
          throw GeneratorError("The default of the field \(name) cannot be read")
        }
        bytes.append(byte)
      default: bytes.append(escape)
      }
    }
    return bytes.map { String($0) }.joined(separator: ", ")
  }
}

private func numberLiteral(of text: String) -> String {
  switch text {
  case "inf": ".infinity"
  case "-inf": "-.infinity"
  case "nan": ".nan"
  // An integer's zero has no sign, as a literal either.
  case "-0": "-0.0"
  default: text
  }
}
