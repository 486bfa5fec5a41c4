/// Which names a type inside a message must not have: those by which the message refers to types outside of it.
struct Shadowing {
  /// By the full names of the types at the top of files: what their names in Swift begin with.
  private var beginnings: [String: String] = [:]

  /// Takes note of a type at the top of a file.
  mutating func insert(_ fullName: String, beginning: String) { beginnings[fullName] = beginning }

  /// What the names of types begin with, in Swift, that a message or one inside it mentions.
  func beginnings(in message: MessageDeclaration) -> Set<String> {
    var found: Set<String> = []
    for field in message.fields {
      switch field.type {
      case .message(let name), .enumeration(let name): if let top = beginning(of: name) { found.insert(top) }
      case .scalar: break
      }
    }
    for nested in message.messages { found.formUnion(beginnings(in: nested)) }
    return found
  }

  private func beginning(of fullName: String) -> String? {
    var name = fullName[...]
    while !name.isEmpty {
      if let beginning = beginnings[String(name)] { return beginning }
      name = name[..<(name.lastIndex(of: ".") ?? name.startIndex)]
    }
    return nil
  }
}
