/// Which Swift modules the files of a run belong to.
struct ModuleMap {
  private let options: GeneratorOptions
  /// The files that the protocol compiler asks for.
  private let requested: Set<String>

  init(_ options: GeneratorOptions, requested: Set<String>) {
    self.options = options
    self.requested = requested
  }

  /// The module that has the code of a file; nil where nothing is said of it.
  func module(of path: String) -> String? {
    if isWellKnown(path) { return SwiftModule.wellKnownTypes.name }
    return mapped(path)?.name ?? options.moduleName
  }

  /// The module that the generated code of a file becomes part of; nil where nothing is said of it.
  func destination(of path: String) -> String? { options.moduleName ?? module(of: path) }

  /// Whether the file's code is to be written: what another module has is not written again.
  func isGenerated(_ path: String) -> Bool {
    guard requested.contains(path) else { return false }
    if options.isMocksOnly { return true }
    guard let moduleName = options.moduleName else { return !isWellKnown(path) }
    return module(of: path) == moduleName
  }

  /// Whether the file's types are in the namespace of the well-known types.
  func isWellKnown(_ path: String) -> Bool { SwiftModule.wellKnownTypes.protos.contains(path) }

  /// What stands before the Swift names of the types of a file.
  func typePrefix(of file: FileDeclaration) -> String {
    if !file.swiftPrefix.isEmpty { return file.swiftPrefix }
    let mapped = isWellKnown(file.path) ? .wellKnownTypes : mapped(file.path)
    let isElsewhere = mapped != nil && !isGenerated(file.path) && mapped?.name != options.moduleName
    let prefix = mapped?.typePrefix ?? (isElsewhere ? TypePrefix() : options.typePrefix)
    return prefix.prefix(forPackage: file.package)
  }

  private func mapped(_ path: String) -> SwiftModule? {
    var best: (module: SwiftModule, length: Int)?
    for module in options.modules {
      if let length = module.match(of: path), length > best?.length ?? -1 { best = (module, length) }
    }
    return best?.module
  }
}
