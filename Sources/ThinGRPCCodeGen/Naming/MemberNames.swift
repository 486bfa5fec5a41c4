/// The names of a message's properties, kept apart from each other.
struct MemberNames {
  private var taken: Set<String> = []
  private let typesTaken: Set<String>
  private let ambiguous: Set<String>

  /// - Parameter taken: what types inside the message must not be called, besides the names of those that are there.
  init(_ message: MessageDeclaration, taken: Set<String>) {
    typesTaken = taken.union(message.messages.map(\.name) + message.enums.map(\.name))
    // A field `has_x` beside an optional `x`, or `fooBar` beside `foo_bar`: they carry their numbers.
    var counts: [String: Int] = [:]
    for field in message.fields {
      let name = propertyName(field.name)
      counts[name, default: 0] += 1
      if field.hasPresence, field.oneofIndex == nil {
        counts[Self.hasName(name), default: 0] += 1
        counts[Self.clearName(name), default: 0] += 1
      }
    }
    for oneof in message.oneofs { counts[propertyName(oneof.name), default: 0] += 1 }
    ambiguous = Set(counts.filter { $0.value > 1 }.keys)
  }

  mutating func field(_ field: FieldDeclaration) -> String {
    let name = propertyName(field.name)
    let isAmbiguous =
      ambiguous.contains(name) || ambiguous.contains(Self.hasName(name))
      || ambiguous.contains(Self.clearName(name))
    return unique(isAmbiguous ? "\(name)_\(field.number)" : name)
  }

  mutating func oneof(_ oneof: OneofDeclaration) -> OneofPlan.Name {
    let type = typeName(upperCamelCase(oneof.name), suffix: "Choice")
    return OneofPlan.Name(
      property: unique(propertyName(oneof.name)), type: typesTaken.contains(type) ? "\(type)Choice" : type)
  }

  static func hasName(_ property: String) -> String {
    "has\(property.prefix(1).uppercased())\(property.dropFirst())"
  }

  static func clearName(_ property: String) -> String {
    "clear\(property.prefix(1).uppercased())\(property.dropFirst())"
  }

  private mutating func unique(_ name: String) -> String {
    var candidate = name
    while !taken.insert(candidate).inserted { candidate += "_" }
    return candidate
  }
}
