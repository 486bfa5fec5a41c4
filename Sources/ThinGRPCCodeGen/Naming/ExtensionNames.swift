/// The names of the constants for extensions: static members of the message that an extension at the top of a file extends, or of the
/// message that declares it. No two of one message have the same name.
///
/// Those that a message declares come first, then those at the top of files, each in the order of their numbers.
struct ExtensionNames {
  /// By the full names of the extensions.
  private(set) var names: [String: String] = [:]
  /// By the full names of messages.
  private var scopes: [String: NameScope] = [:]

  /// - Parameter types: the names of the types at the top of files, and of those inside a message of a full name.
  init(_ files: [FileDeclaration], types: (String) -> Set<String>) {
    for message in files.flatMap(\.messages) { nameExtensions(in: message, types) }
    var claims: [(owner: String, declaration: ExtensionDeclaration, package: String)] = []
    for file in files {
      claims += file.extensions.map { ($0.extendee, $0, file.package) }
    }
    let packages = Dictionary(grouping: claims, by: Self.key).mapValues { Set($0.map(\.package)) }
    for claim in claims.sorted(by: { Self.order($0.declaration, $1.declaration) }) {
      let name = claim.declaration.field.name
      // Two packages extend a message by the same name: both say which.
      let isAmbiguous = packages[Self.key(claim), default: []].count > 1
      self.claim(
        isAmbiguous ? "\(claim.package)_\(name)".replacing(".", with: "_") : name, for: claim.declaration,
        in: claim.owner, types)
    }
  }

  private mutating func nameExtensions(in message: MessageDeclaration, _ types: (String) -> Set<String>) {
    for declaration in message.extensions.sorted(by: Self.order) {
      claim(declaration.field.name, for: declaration, in: message.fullName, types)
    }
    for nested in message.messages { nameExtensions(in: nested, types) }
  }

  private mutating func claim(
    _ name: String, for declaration: ExtensionDeclaration, in owner: String, _ types: (String) -> Set<String>
  ) {
    names[declaration.fullName] = scopes[owner, default: NameScope(reserved: types(owner))]
      .claim(extensionName(name), number: declaration.field.number)
  }

  private static func order(_ left: ExtensionDeclaration, _ right: ExtensionDeclaration) -> Bool {
    (left.field.number, left.fullName) < (right.field.number, right.fullName)
  }

  private static func key(_ claim: (owner: String, declaration: ExtensionDeclaration, package: String))
    -> String
  {
    "\(claim.owner).\(extensionName(claim.declaration.field.name))"
  }
}
