/// Which names a type inside a message must not have: those by which the message refers to types outside of it.
struct Shadowing {
  /// By the full names of the types at the top of files: what their names in Swift begin with.
  private var beginnings: [String: String] = [:]

  /// What the names of all types begin with, in Swift.
  var all: Set<String> { Set(beginnings.values) }

  /// Takes note of a type at the top of a file.
  mutating func insert(_ fullName: String, beginning: String) { beginnings[fullName] = beginning }

  /// What the names of types begin with, in Swift, that a message or one inside it mentions.
  func beginnings(in message: MessageDeclaration) -> Set<String> {
    var found: Set<String> = []
    let types = (message.fields + message.extensions.map(\.field)).compactMap(\.type.reference)
    for name in types + message.extensions.map(\.extendee) {
      if let top = beginning(of: name) { found.insert(top) }
    }
    for nested in message.messages { found.formUnion(beginnings(in: nested)) }
    return found
  }

  /// What the name of a type begins with, in Swift; nil where it is not known.
  func beginning(of fullName: String) -> String? {
    var name = fullName[...]
    while !name.isEmpty {
      if let beginning = beginnings[String(name)] { return beginning }
      name = name[..<(name.lastIndex(of: ".") ?? name.startIndex)]
    }
    return nil
  }
}
