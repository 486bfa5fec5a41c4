/// All types that the request's files declare, by their full names.
struct TypeIndex {
  private struct Entry {
    /// The name in Swift with the types around it, and as it is declared inside them.
    let swiftName: String
    let declaredName: String
    let module: String?
    let message: MessageDeclaration?
    let enumeration: EnumDeclaration?
    /// What is inside of a message.
    let names: MessageNames?
  }

  let modules: ModuleMap
  /// What the file in the making mentions.
  var use = ModuleUse(own: nil)
  /// The names of extensions, by their full names.
  private var extensions: [String: String] = [:]
  /// By the paths of files.
  private var fileNames: [String: FileNames] = [:]
  private var entries: [String: Entry] = [:]
  private var storages: [String: MessageStorage] = [:]
  private var shadowing = Shadowing()
  /// The Swift names of types without the types around them: they hide those of the modules that generated code imports.
  private var names: Set<String> = []
  /// The modules that have a type of their own name.
  private var eponymousModules: Set<String> = []

  init(_ files: [FileDeclaration], _ modules: ModuleMap) throws(GeneratorError) {
    self.modules = modules
    for file in files {
      let names = FileNames(file, prefix: modules.typePrefix(of: file))
      fileNames[file.path] = names
      let namespace = modules.isWellKnown(file.path) ? SwiftModule.wellKnownNamespace : nil
      for (name, fullName) in file.typesAtTop {
        if let beginning = namespace ?? names.types[name] { shadowing.insert(fullName, beginning: beginning) }
      }
    }
    let imports = ImportedFiles(files)
    for file in files where !file.services.isEmpty {
      let module = modules.module(of: file.path)
      let types = imports.all(of: file.path).filter { modules.module(of: $0) == module }
        .compactMap { fileNames[$0]?.types.values }
      fileNames[file.path]?.nameServices(of: file, apartFrom: Set(types.joined()))
    }
    for file in files {
      guard let names = fileNames[file.path] else { continue }
      let isWellKnown = modules.isWellKnown(file.path)
      let place = Place(
        scope: isWellKnown ? "\(SwiftModule.wellKnownNamespace)." : "", names: names.types,
        module: modules.module(of: file.path), hidesNames: !isWellKnown || modules.isGenerated(file.path))
      for message in file.messages { insert(message, place) }
      for declaration in file.enums { insert(declaration, place) }
      for name in names.services.values.flatMap(\.all) { insert(name, place) }
    }
    let outside = shadowing.all
    extensions = ExtensionNames(files) { outside.union(entries[$0]?.names?.allTypes ?? []) }.names
    try checkUniqueness(files.filter { modules.isGenerated($0.path) })
    storages = StoredSizes(entries.compactMapValues(\.message)).storages
  }

  /// Where the fields of a message lie.
  func storage(of message: MessageDeclaration) -> MessageStorage { storages[message.fullName] ?? .inside }

  /// The type's name in Swift, with the types around it, and with its module where that is another one.
  ///
  /// A name without its module could be that of another module too, this one's or the runtime's.
  func swiftName(_ fullName: String) throws(GeneratorError) -> String {
    let entry = try entry(fullName)
    guard let module = entry.module, module != use.own else { return entry.swiftName }
    use.insert(module)
    // The namespace is unmistakable. A module that has a type of its own name cannot be named: that type would be meant.
    let isBare = module == SwiftModule.wellKnownTypes.name || eponymousModules.contains(module)
    return isBare ? entry.swiftName : "\(module).\(entry.swiftName)"
  }

  /// The type's name where it is declared.
  func declaredName(_ fullName: String) throws(GeneratorError) -> String {
    try entry(fullName).declaredName
  }

  /// The names of what a service of a file becomes.
  func names(of service: ServiceDeclaration, in file: FileDeclaration) -> ServiceNames {
    fileNames[file.path]?.services[service.name] ?? ServiceNames(service.name)
  }

  /// The names of what is inside a message.
  func names(in message: MessageDeclaration) -> MessageNames {
    entries[message.fullName]?.names ?? MessageNames(message, outside: [])
  }

  /// The name of the constant for an extension.
  func name(of declaration: ExtensionDeclaration) -> String {
    extensions[declaration.fullName] ?? extensionName(declaration.field.name)
  }

  /// Whether something inside a message hides another type where the message mentions that.
  func isHidden(_ fullName: String, inside message: String) -> Bool {
    guard let beginning = shadowing.beginning(of: fullName) else { return false }
    return entries[message]?.names?.hides(beginning) ?? false
  }

  /// The constant that describes a file.
  func descriptor(of path: String) -> String {
    if let module = modules.module(of: path) { use.insert(module, inDeclaration: false) }
    return descriptorName(of: path)
  }

  func enumeration(_ fullName: String) -> EnumDeclaration? { entries[fullName]?.enumeration }

  func message(_ fullName: String) -> MessageDeclaration? { entries[fullName]?.message }

  /// A name of a module that generated code imports, with the module where a generated type hides it.
  func imported(_ name: String, from module: String) -> String {
    use.insert(module)
    return names.contains(name) ? "\(module).\(name)" : name
  }

  private func entry(_ fullName: String) throws(GeneratorError) -> Entry {
    guard let entry = entries[fullName] else {
      throw GeneratorError("The type \(fullName.dropFirst()) is in none of the files of this run")
    }
    return entry
  }

  /// Where types are declared.
  private struct Place {
    /// The types around them, with a dot at the end.
    let scope: String
    /// Their names there.
    let names: [String: String]
    let module: String?
    /// Whether their names hide those of imported modules: what is in a namespace does so only inside it.
    let hidesNames: Bool
  }

  private mutating func insert(_ message: MessageDeclaration, _ place: Place) {
    let name = place.names[message.name] ?? message.name
    let names = MessageNames(message, outside: shadowing.beginnings(in: message))
    entries[message.fullName] = Entry(
      swiftName: place.scope + escaped(name), declaredName: escaped(name), module: place.module,
      message: message, enumeration: nil, names: names)
    guard !message.isMapEntry else { return }
    insert(name, place)
    let inside = Place(
      scope: "\(place.scope)\(escaped(name)).", names: names.types, module: place.module,
      hidesNames: place.hidesNames)
    for nested in message.messages { insert(nested, inside) }
    for nested in message.enums { insert(nested, inside) }
    for oneof in names.oneofs.values { insert(oneof.type, inside) }
  }

  private mutating func insert(_ declaration: EnumDeclaration, _ place: Place) {
    let name = place.names[declaration.name] ?? declaration.name
    entries[declaration.fullName] = Entry(
      swiftName: place.scope + escaped(name), declaredName: escaped(name), module: place.module, message: nil,
      enumeration: declaration, names: nil)
    insert(name, place)
  }

  private mutating func insert(_ name: String, _ place: Place) {
    if place.hidesNames { names.insert(name) }
    if place.scope.isEmpty, name == place.module { eponymousModules.insert(name) }
  }

  /// All files of a run that are for one module, or for one without a name, must not declare a name twice.
  private func checkUniqueness(_ files: [FileDeclaration]) throws(GeneratorError) {
    struct Name: Hashable {
      let module: String?
      let name: String
    }
    var owners: [Name: String] = [:]
    for file in files {
      guard let names = fileNames[file.path] else { continue }
      let scope = modules.isWellKnown(file.path) ? "\(SwiftModule.wellKnownNamespace)." : ""
      let types =
        names.types.values.sorted().map { scope + $0 } + names.services.values.flatMap(\.all).sorted()
      for (names, advice) in [(types, prefixAdvice), ([descriptorName(of: file.path)], pathAdvice)] {
        for name in names {
          let name = Name(module: modules.module(of: file.path), name: name)
          if let other = owners.updateValue(file.path, forKey: name) {
            throw GeneratorError(
              "\(other) and \(file.path) both declare what is \(name.name) in Swift; \(advice)")
          }
        }
      }
    }
  }
}

private let prefixAdvice =
  "give one of the files the option swift_prefix, or the types of each package a prefix (PackagePrefix=true)"
private let pathAdvice = "give one of the files another name, or put their code into different modules"
