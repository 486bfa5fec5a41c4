/// What a .proto file declares at its top, in Swift. No two declarations have the same name.
///
/// Messages come first, then enums, then services, each in their order: what is later, and meets an earlier one, carries a word more.
struct FileNames {
  /// The messages and enums, by their names in the .proto file.
  private(set) var types: [String: String] = [:]
  /// The services, by their names in the .proto file.
  private(set) var services: [String: ServiceNames] = [:]
  private let prefix: String
  private var scope: NameScope

  /// Names the messages and enums of a file.
  init(_ file: FileDeclaration, prefix: String) {
    self.prefix = prefix
    scope = NameScope(reserved: moduleNames.union([descriptorName(of: file.path)]))
    for message in file.messages {
      let name = prefix + typeName(message.name, suffix: "Message")
      types[message.name] = scope.claim(name, adding: "Message")
    }
    for declaration in file.enums {
      types[declaration.name] = scope.claim(enumTypeName(declaration.name, prefix: prefix), adding: "Enum")
    }
  }

  /// Names the services.
  ///
  /// - Parameter imported: the types of the files that the file imports, as far as they are in the same module.
  mutating func nameServices(of file: FileDeclaration, apartFrom imported: Set<String>) {
    scope.reserve(imported)
    for service in file.services {
      let stem = prefix + typeName(service.name, suffix: "Service")
      services[service.name] = ServiceNames(
        scope.claim(stem, adding: "Service", beside: { ServiceNames($0).besides }))
    }
  }
}
