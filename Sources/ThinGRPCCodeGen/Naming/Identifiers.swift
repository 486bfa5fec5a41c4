/// Words that Swift takes as names only between backticks.
private let keywords: Set<String> = [
  "as", "associatedtype", "break", "case", "catch", "class", "continue", "default", "defer", "deinit", "do",
  "else", "enum", "extension", "fallthrough", "false", "fileprivate", "for", "func", "guard", "if", "import",
  "in", "inout", "internal", "is", "let", "nil", "operator", "precedencegroup", "private", "protocol",
  "public",
  "repeat", "rethrows", "return", "static", "struct", "subscript", "super", "switch", "throw", "throws",
  "true",
  "try", "typealias", "var", "where", "while",
]

/// Names that a member cannot have even between backticks, or that mean something else behind a dot.
private let specialMembers: Set<String> = ["self", "Self", "init", "Type", "Protocol", "Any"]

/// Modules, and the namespace of the well-known types: a type of such a name would hide what generated code finds there.
private let moduleNames: Set<String> = [
  "Swift", "ThinGRPC", "ThinGRPCProtobuf", SwiftModule.wellKnownTypes.name, SwiftModule.wellKnownNamespace,
]

/// Members that every generated message has.
private let messageMembers: Set<String> = [
  "unknownFields", "hashValue", "hash", "encoded", "serializedBytes", "isUnset", "store", "write",
]

/// `name` as a Swift identifier at its declaration and behind a dot.
func escaped(_ name: String) -> String {
  keywords.contains(name) ? "`\(name)`" : name
}

/// `name` as the label of an argument, which may be every word but one.
func escapedLabel(_ name: String) -> String {
  name == "inout" ? "`inout`" : name
}

/// The name of a field's property.
func propertyName(_ field: String) -> String {
  let name = lowerCamelCase(field)
  if specialMembers.contains(name) || messageMembers.contains(name) { return "\(name)Field" }
  // A field such as `_1st` has no letter to begin with.
  return name.first?.isNumber == true ? "_\(name)" : name
}

/// Static members that every generated message has.
private let staticMessageMembers: Set<String> = [
  "layout", "unset", "imageByteCount", "slotOffset", "load", "with", "protoTypeName",
]

/// The name of the constant for an extension.
func extensionName(_ field: String) -> String {
  let name = propertyName(field)
  return staticMessageMembers.contains(name) ? "\(name)Extension" : name
}

/// The name of a type, with a capital so that no property is called the same; `suffix` sets it apart where Swift does not
/// allow the name.
func typeName(_ name: String, suffix: String) -> String {
  let name = name.prefix(1).uppercased() + name.dropFirst()
  return specialMembers.contains(name) || moduleNames.contains(name) ? name + suffix : name
}

/// The names of an enum's values, without the enum's own name before them where that leaves a name.
func valueNames(of declaration: EnumDeclaration) -> [String] {
  let prefix = words(of: declaration.name)
  var shortened = declaration.values.map { value in
    let all = words(of: value.name)
    let rest = all.starts(with: prefix) ? Array(all.dropFirst(prefix.count)) : all
    let usable = rest.first?.first?.isLetter == true ? rest : all
    return valueName(usable)
  }
  // Two numbers of one name: both keep their whole name.
  var numbers: [String: Set<Int>] = [:]
  for (name, value) in zip(shortened, declaration.values) { numbers[name, default: []].insert(value.number) }
  for (index, value) in declaration.values.enumerated() where numbers[shortened[index], default: []].count > 1
  {
    shortened[index] = valueName(words(of: value.name))
  }
  return shortened
}

private func valueName(_ words: [String]) -> String {
  let name = lowerCamelCase(words.joined(separator: "_"))
  if specialMembers.contains(name) || ["protoNames", "protoTypeName", "isClosed", "unset"].contains(name) {
    return "\(name)Value"
  }
  return name.first?.isNumber == true ? "_\(name)" : name
}
