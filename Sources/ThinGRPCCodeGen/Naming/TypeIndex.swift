/// All types that the request's files declare, by their full names.
struct TypeIndex {
  private struct Entry {
    /// The name in Swift with the types around it, and as it is declared inside them.
    let swiftName: String
    let declaredName: String
    let module: String?
    let message: MessageDeclaration?
    let enumeration: EnumDeclaration?
  }

  let modules: ModuleMap
  /// What the file in the making mentions.
  var use = ModuleUse(own: nil)
  /// How many extensions of one message have the same name in Swift.
  private var extensionCounts: [String: Int] = [:]

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
      let namespace = modules.isWellKnown(file.path) ? SwiftModule.wellKnownNamespace : nil
      let prefix = modules.typePrefix(of: file)
      for message in file.messages {
        shadowing.insert(
          message.fullName, beginning: namespace ?? prefix + typeName(message.name, suffix: "Message"))
      }
      for declaration in file.enums {
        shadowing.insert(
          declaration.fullName, beginning: namespace ?? prefix + typeName(declaration.name, suffix: "Enum"))
      }
    }
    for file in files {
      let isWellKnown = modules.isWellKnown(file.path)
      let place = Place(
        scope: isWellKnown ? "\(SwiftModule.wellKnownNamespace)." : "", prefix: modules.typePrefix(of: file),
        module: modules.module(of: file.path), hidesNames: !isWellKnown || modules.isGenerated(file.path))
      for message in file.messages { insert(message, place) }
      for declaration in file.enums { insert(declaration, place) }
      for name in file.services.flatMap({ self.names(of: $0, in: file).all }) { insert(name, place) }
    }
    for declaration in files.flatMap(\.extensions) {
      extensionCounts[Self.extensionKey(declaration), default: 0] += 1
    }
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
    let prefix = modules.typePrefix(of: file)
    let types = file.messages.map(\.fullName) + file.enums.map(\.fullName)
    let taken = Set(types.compactMap { entries[$0]?.declaredName })
    let names = ServiceNames(prefix + typeName(service.name, suffix: "Service"))
    // A message called as the client would be, say: they carry one more word.
    return taken.isDisjoint(with: names.all) ? names : ServiceNames("\(prefix)\(service.name)Service")
  }

  /// The name of the constant for an extension at the top of a file: with the package where it needs that.
  func name(of declaration: ExtensionDeclaration, in file: FileDeclaration) -> String {
    let name = declaration.field.name
    let isAmbiguous = extensionCounts[Self.extensionKey(declaration), default: 0] > 1
    return extensionName(isAmbiguous ? "\(file.package)_\(name)".replacing(".", with: "_") : name)
  }

  private static func extensionKey(_ declaration: ExtensionDeclaration) -> String {
    "\(declaration.extendee).\(extensionName(declaration.field.name))"
  }

  /// What types inside a message must not be called.
  func namesTaken(in message: MessageDeclaration) -> Set<String> { shadowing.beginnings(in: message) }

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
    var scope: String
    /// What stands before their names.
    var prefix: String
    let module: String?
    /// Whether their names hide those of imported modules: what is in a namespace does so only inside it.
    let hidesNames: Bool
    /// What types here must not be called.
    var taken: Set<String> = []

    /// The same place, inside a type.
    func inside(_ name: String, taken: Set<String>) -> Place {
      Place(
        scope: "\(scope)\(name).", prefix: "", module: module, hidesNames: hidesNames, taken: taken)
    }

    /// The name of a type in Swift.
    func name(of type: String, suffix: String) -> String {
      let name = prefix + typeName(type, suffix: suffix)
      return taken.contains(name) ? name + suffix : name
    }
  }

  private mutating func insert(_ message: MessageDeclaration, _ place: Place) {
    let name = place.name(of: message.name, suffix: "Message")
    entries[message.fullName] = Entry(
      swiftName: place.scope + escaped(name), declaredName: escaped(name), module: place.module,
      message: message, enumeration: nil)
    guard !message.isMapEntry else { return }
    insert(name, place)
    let inside = place.inside(escaped(name), taken: shadowing.beginnings(in: message))
    for nested in message.messages { insert(nested, inside) }
    for nested in message.enums { insert(nested, inside) }
  }

  private mutating func insert(_ declaration: EnumDeclaration, _ place: Place) {
    let name = place.name(of: declaration.name, suffix: "Enum")
    entries[declaration.fullName] = Entry(
      swiftName: place.scope + escaped(name), declaredName: escaped(name), module: place.module, message: nil,
      enumeration: declaration)
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
      var names = file.messages.map(\.fullName) + file.enums.map(\.fullName)
      names = try names.map { (name) throws(GeneratorError) in try entry(name).swiftName }
      for service in file.services { names += self.names(of: service, in: file).all }
      for name in names {
        let other = owners.updateValue(
          file.path, forKey: Name(module: modules.module(of: file.path), name: name))
        if let other {
          throw GeneratorError(
            "\(other) and \(file.path) both declare what is \(name) in Swift; "
              + "give one of the files the option swift_prefix, or the types of each package a prefix (PackagePrefix=true)"
          )
        }
      }
    }
  }
}
