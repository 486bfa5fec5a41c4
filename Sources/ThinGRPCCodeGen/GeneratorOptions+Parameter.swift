extension GeneratorOptions {
  /// The options that there are, in the order in which they are told.
  private enum Name: String, CaseIterable {
    case visibility = "Visibility"
    case fileNaming = "FileNaming"
    case messages = "Messages"
    case client = "Client"
    case server = "Server"
    case mocks = "Mocks"
    case emptyFiles = "EmptyFiles"
    case typePrefix = "TypePrefix"
    case packagePrefix = "PackagePrefix"
    case moduleName = "ModuleName"
    case module = "Module"
    case moduleMappings = "ModuleMappings"
  }

  /// Reads the parameter: `Name=value`, separated by commas.
  ///
  /// - Parameters:
  ///   - parameter: as the protocol compiler hands it to plugins.
  ///   - readModules: reads the file that the option `ModuleMappings` names.
  /// - Throws: `GeneratorError` when a name or a value is not known.
  public init(
    parameter: String, readingModules readModules: ModuleReading = refuseModules
  ) throws(GeneratorError) {
    for assignment in parameter.split(separator: ",") {
      let parts = assignment.split(separator: "=", maxSplits: 1).map(String.init)
      let value = parts.count == 2 ? parts[1] : ""
      guard let name = parts.first.flatMap(Name.init(rawValue:)) else {
        let known = Name.allCases.map(\.rawValue).joined(separator: ", ")
        throw GeneratorError("The option \(parts.first ?? "=") is not known; there are \(known)")
      }
      try set(name, to: value, readModules)
    }
  }

  private mutating func set(
    _ name: Name, to value: String, _ readModules: ModuleReading
  ) throws(GeneratorError) {
    switch name {
    case .visibility: visibility = try Self.choice(value, for: name)
    case .fileNaming: fileNaming = try Self.choice(value, for: name)
    case .messages: messages = try Self.flag(value, for: name)
    case .client: client = try Self.flag(value, for: name)
    case .server: server = try Self.flag(value, for: name)
    case .mocks: mocks = try Self.flag(value, for: name)
    case .emptyFiles: emptyFiles = try Self.flag(value, for: name)
    case .typePrefix: typePrefix.text = try Self.identifier(value, for: name)
    case .packagePrefix: typePrefix.includesPackage = try Self.flag(value, for: name)
    case .moduleName: moduleName = try Self.identifier(value, for: name)
    case .module:
      let parts = value.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw GeneratorError("The option Module is like Module=foo/bar.proto=FooProtos, not \"\(value)\"")
      }
      modules.append(SwiftModule(name: try Self.identifier(parts[1], for: name), protos: [parts[0]]))
    case .moduleMappings:
      for module in try readModules(value) {
        _ = try Self.identifier(module.name, for: name)
        modules.append(module)
      }
    }
  }

  private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ value: String, for option: Name
  ) throws(GeneratorError) -> Choice {
    guard let choice = Choice(rawValue: value.prefix(1).lowercased() + value.dropFirst()) else {
      let choices = Choice.allCases.map { $0.rawValue.prefix(1).uppercased() + $0.rawValue.dropFirst() }
      throw GeneratorError(
        "The option \(option.rawValue) is one of \(choices.joined(separator: ", ")), not \"\(value)\"")
    }
    return choice
  }

  private static func flag(_ value: String, for option: Name) throws(GeneratorError) -> Bool {
    guard let flag = Bool(value.lowercased()) else {
      throw GeneratorError("The option \(option.rawValue) is true or false, not \"\(value)\"")
    }
    return flag
  }

  private static func identifier(_ value: String, for option: Name) throws(GeneratorError) -> String {
    guard let first = value.first, first.isLetter || first == "_",
      value.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" })
    else { throw GeneratorError("The option \(option.rawValue) needs a name in Swift, not \"\(value)\"") }
    return value
  }
}

/// Reads the file of an option `ModuleMappings`. The generator itself opens no files.
public typealias ModuleReading = (_ path: String) throws(GeneratorError) -> [SwiftModule]

/// Refuses to read any file.
public func refuseModules(at path: String) throws(GeneratorError) -> [SwiftModule] {
  throw GeneratorError("The file \(path) of the option ModuleMappings cannot be read here")
}
