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

/// Words that are names in Swift, but can be taken for more where a value is meant.
let contextualKeywords: Set<String> = [
  "await", "borrow", "consume", "copy", "discard", "each", "then", "unsafe", "yield",
]

/// Names that a member cannot have even between backticks, or that mean something else behind a dot.
private let specialMembers: Set<String> = ["self", "Self", "init", "Type", "Protocol", "Any", "_"]

/// Modules, and the namespace of the well-known types: a type of such a name would hide what generated code finds there.
let moduleNames: Set<String> = [
  "Swift", "ThinGRPC", "ThinGRPCProtobuf", SwiftModule.wellKnownTypes.name, SwiftModule.wellKnownNamespace,
]

/// Members that every generated message has.
private let messageMembers: Set<String> = [
  "unknownFields", "hashValue", "hash", "encoded", "serializedBytes", "isUnset", "store", "write",
]

/// Members that a property of a message would take the place of, though not a static one.
private let replaceableMembers: Set<String> = ["debugDescription"]

/// Static members that every generated message has.
private let staticMessageMembers: Set<String> = [
  "layout", "unset", "imageByteCount", "slotOffset", "load", "with", "protoTypeName",
]

/// Members of every generated enum that a constant of the same name would get in the way of.
let enumMembers: Set<String> = ["protoNames", "protoTypeName", "isClosed", "unset", "rawValue"]

/// What a message has inside of it where its fields lie in a place of their own or in a list.
let storageMembers: Set<String> = ["_fields", "_Fields", "_unset"]

/// The functions that read and write a part of the fields, where these are listed.
func readingName(ofPart index: Int) -> String { "_read\(index)" }
func writingName(ofPart index: Int) -> String { "_write\(index)" }

/// Whether a message can have a member of a name that no .proto file has: a type of that name would be hidden by it.
private func isStorageMember(_ name: String) -> Bool {
  let number = name.trimmingPrefix("_read").trimmingPrefix("_write")
  return storageMembers.contains(name) || (number.count < name.count && Int(number) != nil)
}

/// Whether `text` is a name in .proto files, and so a name in Swift or a part of one.
func isIdentifier(_ text: some StringProtocol) -> Bool {
  guard let first = text.unicodeScalars.first, first == "_" || first.properties.isAlphabetic else {
    return false
  }
  return text.unicodeScalars.allSatisfy {
    $0 == "_" || $0.properties.isAlphabetic || ("0"..."9").contains($0)
  }
}

/// `name` as a Swift identifier at its declaration and behind a dot.
func escaped(_ name: String) -> String {
  keywords.contains(name) ? "`\(name)`" : name
}

/// `name` as the label of an argument, which may be every word but one.
func escapedLabel(_ name: String) -> String {
  name == "inout" ? "`inout`" : name
}

/// A name of a member, with a suffix where Swift or the type itself has it.
func memberName(_ name: String, suffix: String, reserved: Set<String>) -> String {
  if specialMembers.contains(name) || reserved.contains(name) { return "\(name)\(suffix)" }
  // A field such as `_1st` has no letter to begin with.
  return name.first?.isNumber == true ? "_\(name)" : name
}

/// The name of a field's property, as far as no other one meets it.
func propertyName(_ field: String) -> String {
  memberName(lowerCamelCase(field), suffix: "Field", reserved: messageMembers.union(replaceableMembers))
}

/// The name of the constant for an extension, as far as no other one meets it.
func extensionName(_ field: String) -> String {
  let name = memberName(lowerCamelCase(field), suffix: "Field", reserved: messageMembers)
  return staticMessageMembers.contains(name) ? "\(name)Extension" : name
}

/// The name of a type, with a capital so that no property is called the same; `suffix` sets it apart where Swift does not
/// allow the name.
func typeName(_ name: String, suffix: String) -> String {
  let name = capitalizedFirst(name.first?.isNumber == true ? "_\(name)" : name)
  let isTaken = specialMembers.contains(name) || moduleNames.contains(name) || isStorageMember(name)
  return isTaken ? name + suffix : name
}

/// The name of an enum, in which `RawValue` is the type of its numbers.
func enumTypeName(_ name: String, prefix: String = "") -> String {
  let name = prefix + typeName(name, suffix: "Enum")
  return name == "RawValue" ? "\(name)Enum" : name
}

/// `name` with a capital at its beginning.
func capitalizedFirst(_ name: String) -> String { name.prefix(1).uppercased() + name.dropFirst() }
