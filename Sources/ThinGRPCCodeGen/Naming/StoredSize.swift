/// Where the fields of a message lie in Swift.
enum MessageStorage {
  /// In the message's struct.
  case inside
  /// In a place of their own, which copies share: the message is large, or can contain itself.
  case apart
  /// In a list, which copies share: there are so many, or in one oneof, that properties for them would take the compiler too long.
  case listed
}

/// How the messages of a run are stored. Each is looked at once, after those that it holds.
struct StoredSizes {
  /// The most bytes that a message takes inside of others and on the stack; larger ones are stored apart.
  private static let largestByteCount = 256
  /// The most properties that are stored apart, and the most bytes of them.
  private static let mostProperties = 64
  private static let mostBytes = 2048

  private(set) var storages: [String: MessageStorage] = [:]
  private let messages: [String: MessageDeclaration]
  private var byteCounts: [String: Int] = [:]
  /// The messages that are being looked at, those that hold others before them, and where each of them stands.
  private var path: [String] = []
  private var places: [String: Int] = [:]

  /// - Parameter messages: by their full names.
  init(_ messages: [String: MessageDeclaration]) {
    self.messages = messages
    for message in messages.values { _ = visit(message) }
  }

  /// Stores what is known of a message and those that it holds. Returns the first place in the path that it leads back to
  /// (Tarjan's strongly connected components).
  private mutating func visit(_ message: MessageDeclaration) -> Int {
    if storages[message.fullName] != nil { return .max }
    if let place = places[message.fullName] { return place }
    let own = path.count
    path.append(message.fullName)
    places[message.fullName] = own
    var first = Int.max
    for inner in held(by: message) { first = min(first, visit(inner)) }
    if first < own { return first }
    // All of a circle together: they can contain themselves.
    for name in path[own...] {
      let byteCount = messages[name].map { byteCountOfFields($0) } ?? 0
      byteCounts[name] = byteCount
      storages[name] = messages[name].map { storage(of: $0, byteCount, canHoldItself: first == own) }
      places[name] = nil
    }
    path.removeSubrange(own...)
    return .max
  }

  private func held(by message: MessageDeclaration) -> [MessageDeclaration] {
    message.fields.compactMap { field in
      guard case .message(let name) = field.type, field.cardinality != .repeated else { return nil }
      return messages[name]
    }
  }

  private func storage(
    of message: MessageDeclaration, _ byteCount: Int, canHoldItself: Bool
  ) -> MessageStorage {
    let properties = message.fields.count { $0.oneofIndex == nil } + message.oneofs.count
    let hasLargeOneof = message.oneofs.contains { $0.members.count > OneofPlan.mostDerivedCases }
    if hasLargeOneof || properties > Self.mostProperties || byteCount > Self.mostBytes { return .listed }
    return canHoldItself || byteCount > Self.largestByteCount ? .apart : .inside
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
    case .message(let name): return storages[name] == .inside ? byteCounts[name] ?? 8 : 8
    }
  }
}
