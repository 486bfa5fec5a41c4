/// What is inside a message, in Swift: its types and its properties with what goes with them. No two have the same name.
///
/// Types come first, in the order of the .proto file, then fields, in the order of their numbers, and a oneof before its first field.
struct MessageNames {
  /// The messages and enums inside, by their names in the .proto file.
  private(set) var types: [String: String] = [:]
  /// The oneofs, by their positions.
  private(set) var oneofs: [Int: OneofPlan.Name] = [:]
  /// The properties of fields, by their numbers and without backticks.
  private(set) var fields: [Int: String] = [:]

  /// - Parameter outside: names by which the message refers to types outside of it: nothing inside may hide those.
  init(_ message: MessageDeclaration, outside: Set<String>) {
    var scope = NameScope(reserved: outside)
    for nested in message.messages {
      types[nested.name] = scope.claim(typeName(nested.name, suffix: "Message"), adding: "Message")
    }
    for nested in message.enums {
      types[nested.name] = scope.claim(enumTypeName(nested.name), adding: "Enum")
    }
    let declared = Dictionary(
      message.oneofs.map { ($0.index, $0.name) }, uniquingKeysWith: { first, _ in first })
    for field in message.fields.sorted(by: { $0.number < $1.number }) {
      if let index = field.oneofIndex, oneofs[index] == nil, let oneof = declared[index] {
        let type = scope.claim(typeName(upperCamelCase(oneof), suffix: "Choice"), adding: "Choice")
        let name = propertyName(oneof)
        let property = scope.claim(
          name, next: { $0 == name ? "\(name)_oneof" : "\($0)_" }, beside: { [storedName(of: $0)] })
        oneofs[index] = OneofPlan.Name(property: property, type: type)
      }
      fields[field.number] = scope.claim(
        propertyName(field.name), number: field.number, beside: field.namesBeside)
    }
  }

  /// The names of all types inside.
  var allTypes: Set<String> { Set(types.values).union(oneofs.values.map(\.type)) }

  /// Whether something inside has a name of types outside, so that it would be meant there.
  func hides(_ name: String) -> Bool {
    let properties = fields.values + oneofs.values.map(\.property)
    return allTypes.contains(name) || properties.contains { $0 == name || storedName(of: $0) == name }
  }
}

extension FieldDeclaration {
  /// What is declared along with a field's property of a name.
  fileprivate func namesBeside(_ property: String) -> [String] {
    let isAlone = hasPresence && oneofIndex == nil
    return [storedName(of: property)] + (isAlone ? [hasName(of: property), clearName(of: property)] : [])
  }
}

/// The private property in which the value of another one lies.
func storedName(of property: String) -> String { "_\(property)" }

/// The property that says whether a field is set.
func hasName(of property: String) -> String { "has\(capitalizedFirst(property))" }

/// The function that unsets a field.
func clearName(of property: String) -> String { "clear\(capitalizedFirst(property))" }
