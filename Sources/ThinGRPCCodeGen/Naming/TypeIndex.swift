/// All types that the request's files declare, by their full names.
struct TypeIndex {
  private struct Entry {
    let swiftName: String
    let file: String
    let message: MessageDeclaration?
    let enumeration: EnumDeclaration?
  }

  private var entries: [String: Entry] = [:]
  /// The Swift names of the types that are generated, without the types around them.
  private var generatedNames: Set<String> = []
  /// How many extensions of one message have the same name in Swift.
  private var extensionCounts: [String: Int] = [:]

  init(_ files: [FileDeclaration], generating paths: Set<String>) throws(GeneratorError) {
    for file in files {
      let scope = file.package == "google.protobuf" ? "GoogleProtobuf." : file.swiftPrefix
      let isGenerated = paths.contains(file.path)
      for message in file.messages { insert(message, scope, file.path, isGenerated) }
      for declaration in file.enums { insert(declaration, scope, file.path, isGenerated) }
    }
    for declaration in files.flatMap(\.extensions) {
      extensionCounts[Self.extensionKey(declaration), default: 0] += 1
    }
    try checkUniqueness(files.filter { paths.contains($0.path) })
  }

  /// The type's name in Swift, with the types around it.
  func swiftName(_ fullName: String) throws(GeneratorError) -> String {
    guard let entry = entries[fullName] else {
      throw GeneratorError("The type \(fullName.dropFirst()) is in none of the files of this run")
    }
    if entry.swiftName.hasPrefix("GoogleProtobuf."), !wellKnownFiles.contains(entry.file) {
      throw GeneratorError(
        "The type \(fullName.dropFirst()) of \(entry.file) is not part of ThinGRPCProtobuf")
    }
    return entry.swiftName
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

  func enumeration(_ fullName: String) -> EnumDeclaration? { entries[fullName]?.enumeration }

  func message(_ fullName: String) -> MessageDeclaration? { entries[fullName]?.message }

  /// A name of a module that generated code imports, with the module where a generated type hides it.
  func imported(_ name: String, from module: String) -> String {
    generatedNames.contains(name) ? "\(module).\(name)" : name
  }

  /// Whether a message of the type `start` can hold one of the type `goal` without an array between them.
  func type(_ start: String, canHold goal: String) -> Bool {
    var seen: Set<String> = []
    var waiting = [start]
    while let next = waiting.popLast() {
      if next == goal { return true }
      guard seen.insert(next).inserted else { continue }
      for field in entries[next]?.message?.fields ?? [] where field.cardinality != .repeated {
        if case .message(let inner) = field.type { waiting.append(inner) }
      }
    }
    return false
  }

  private mutating func insert(
    _ message: MessageDeclaration, _ scope: String, _ file: String, _ isGenerated: Bool
  ) {
    let name = typeName(message.name, suffix: "Message")
    entries[message.fullName] = Entry(
      swiftName: scope + escaped(name), file: file, message: message, enumeration: nil)
    guard !message.isMapEntry else { return }
    if isGenerated { generatedNames.insert(name) }
    let inner = "\(scope)\(escaped(name))."
    for message in message.messages { insert(message, inner, file, isGenerated) }
    for declaration in message.enums { insert(declaration, inner, file, isGenerated) }
  }

  private mutating func insert(
    _ declaration: EnumDeclaration, _ scope: String, _ file: String, _ isGenerated: Bool
  ) {
    let name = typeName(declaration.name, suffix: "Enum")
    entries[declaration.fullName] = Entry(
      swiftName: scope + escaped(name), file: file, message: nil, enumeration: declaration)
    if isGenerated { generatedNames.insert(name) }
  }

  /// All files of a run become one Swift module, whatever their packages.
  private func checkUniqueness(_ files: [FileDeclaration]) throws(GeneratorError) {
    var owners: [String: String] = [:]
    for file in files {
      var names = file.messages.map(\.fullName) + file.enums.map(\.fullName)
      names = try names.map { (name) throws(GeneratorError) in try swiftName(name) }
      for service in file.services {
        names += ["", "Methods", "Client"].map { file.swiftPrefix + service.name + $0 }
      }
      for name in names {
        if let other = owners.updateValue(file.path, forKey: name) {
          throw GeneratorError(
            "\(other) and \(file.path) both declare what is \(name) in Swift; "
              + "give one of the files the option swift_prefix")
        }
      }
    }
  }
}

/// The files of google/protobuf whose types ThinGRPCProtobuf has.
let wellKnownFiles: Set<String> = [
  "google/protobuf/any.proto", "google/protobuf/duration.proto", "google/protobuf/empty.proto",
  "google/protobuf/field_mask.proto", "google/protobuf/struct.proto", "google/protobuf/timestamp.proto",
  "google/protobuf/wrappers.proto",
]
