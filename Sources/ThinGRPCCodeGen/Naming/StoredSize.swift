extension TypeIndex {
  /// The most bytes that a message takes inside of others and on the stack; larger ones are stored apart.
  private static var largestByteCount: Int { 256 }

  /// Whether a message's fields lie in a place of their own: because it is large, or because it can contain itself.
  func isStoredApart(_ message: MessageDeclaration) -> Bool {
    canHoldItself(message) || byteCountOfFields(message) > Self.largestByteCount
  }

  private func canHoldItself(_ message: MessageDeclaration) -> Bool {
    message.fields.contains { field in
      guard case .message(let inner) = field.type, field.cardinality != .repeated else { return false }
      return type(inner, canHold: message.fullName)
    }
  }

  /// About what the fields of a message take in Swift.
  private func byteCountOfFields(_ message: MessageDeclaration) -> Int {
    var byteCount = 8
    for field in message.fields where field.oneofIndex == nil {
      byteCount += self.byteCount(of: field) + (field.hasPresence ? 8 : 0)
    }
    for oneof in message.oneofs {
      byteCount += 8 + (oneof.members.map { self.byteCount(of: $0) }.max() ?? 0)
    }
    return byteCount
  }

  private func byteCount(of field: FieldDeclaration) -> Int {
    if field.cardinality == .repeated { return 8 }
    switch field.type {
    case .scalar(.string): return 16
    case .scalar, .enumeration: return 8
    case .message(let name):
      guard let message = message(name), !isStoredApart(message) else { return 8 }
      return byteCountOfFields(message)
    }
  }
}
