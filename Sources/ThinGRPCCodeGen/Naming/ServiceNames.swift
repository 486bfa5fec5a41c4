/// What the declarations that a service becomes are called.
struct ServiceNames {
  /// The protocol that servers implement, without backticks.
  private let stem: String

  init(_ stem: String) { self.stem = stem }

  /// The protocol that servers implement.
  var service: String { escaped(stem) }
  /// The descriptions of its methods.
  var methods: String { "\(stem)Methods" }
  var client: String { "\(stem)Client" }
  /// What the client and the mock have in common.
  var clientProtocol: String { "\(stem)ClientProtocol" }
  var mock: String { "\(stem)Mock" }

  var all: [String] { [service, methods, client, clientProtocol, mock] }
}

/// Members of what a service becomes, which none of its methods can be called.
private let serviceMembers: Set<String> = ["init", "self", "all", "channel", "rpcMethods"]

/// Words that are names in Swift, but would be taken for more before an argument list.
private let contextualKeywords: Set<String> = [
  "await", "borrow", "consume", "copy", "discard", "each", "then", "unsafe", "yield",
]

extension ServiceDeclaration {
  /// The methods with their names in Swift, which are kept apart from each other.
  var namedMethods: [NamedMethod] {
    var taken: Set<String> = []
    return methods.map { method in
      let plain = lowerCamelCase(method.name)
      let name = serviceMembers.contains(plain) ? "\(plain)Method" : plain
      var unique = name
      var number = 2
      // `GetURL` and `GetUrl`, say: the second one carries a number.
      while !taken.insert(unique).inserted {
        unique = "\(name)_\(number)"
        number += 1
      }
      return NamedMethod(declaration: method, name: unique)
    }
  }
}

/// A method and what it is called in Swift.
@dynamicMemberLookup struct NamedMethod {
  let declaration: ServiceDeclaration.Method
  /// Without backticks.
  let name: String

  /// The name where it is declared and behind a dot.
  var swiftName: String { contextualKeywords.contains(name) ? "`\(name)`" : escaped(name) }

  subscript<Value>(dynamicMember path: KeyPath<ServiceDeclaration.Method, Value>) -> Value {
    declaration[keyPath: path]
  }
}
