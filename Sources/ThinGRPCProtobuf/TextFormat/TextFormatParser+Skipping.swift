internal import ThinGRPC

extension TextFormatParser {
  /// Passes over what comes behind the name of a field that is not known.
  mutating func skipValue() throws(MessageCodingError) {
    // Without a colon, only a message or a list of messages can come.
    if scanner.take(":"), !scanner.isAt("{"), !scanner.isAt("<"), !scanner.isAt("[") {
      return try skipScalar()
    }
    guard scanner.take("[") else { return try skipMessage() }
    if scanner.take("]") { return }
    repeat {
      if scanner.isAt("{") || scanner.isAt("<") { try skipMessage() } else { try skipScalar() }
    } while scanner.take(",")
    try scanner.expect("]")
  }

  private mutating func skipMessage() throws(MessageCodingError) {
    let end = try beginMessage()
    try open()
    while !scanner.take(end) {
      if scanner.isAt("[") {
        _ = try bracketedName()
      } else if unsafe scanner.name() == nil, try scanner.number() == nil {
        throw scanner.failure("The name of a field is expected")
      }
      try skipValue()
      takeSeparator()
    }
    close()
  }

  private mutating func skipScalar() throws(MessageCodingError) {
    if scanner.isAtString {
      while scanner.isAtString { try scanner.skipString() }
      return
    }
    let start = scanner.position
    let isNegative = scanner.take("-")
    if let name = unsafe scanner.name() {
      // Behind a sign, a name can only be that of a number.
      guard isNegative else { return }
      let name = unsafe String(decoding: name.prefix(9), as: UTF8.self).lowercased()
      if ["inf", "infinity", "nan"].contains(name) { return }
    } else if try scanner.number() != nil {
      return
    }
    throw scanner.failure("A value is expected", at: start)
  }
}
