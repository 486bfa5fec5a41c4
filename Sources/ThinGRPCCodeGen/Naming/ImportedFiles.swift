/// Which files a .proto file imports, directly or by way of others.
struct ImportedFiles {
  private let imports: [String: [String]]

  init(_ files: [FileDeclaration]) {
    imports = Dictionary(files.map { ($0.path, $0.imports) }, uniquingKeysWith: { first, _ in first })
  }

  /// The paths of all files that a file imports.
  func all(of path: String) -> Set<String> {
    var found: Set<String> = []
    var waiting = imports[path] ?? []
    while let next = waiting.popLast() {
      if found.insert(next).inserted { waiting += imports[next] ?? [] }
    }
    return found
  }
}
