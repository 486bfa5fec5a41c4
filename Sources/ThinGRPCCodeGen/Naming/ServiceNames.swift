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

  /// All but the protocol that servers implement.
  var besides: [String] { [methods, client, clientProtocol, mock] }

  var all: [String] { [stem] + besides }
}

/// Members of what a service becomes, which none of its methods can be called.
private let serviceMembers: Set<String> = ["all", "channel", "rpcMethods"]

/// What the parameters of generated methods are called.
private let parameters: Set<String> = ["request", "requests", "options", "body"]

extension ServiceDeclaration {
  /// The methods with their names in Swift, which are kept apart from each other.
  var namedMethods: [NamedMethod] {
    var scope = NameScope()
    return methods.map { method in
      let name = memberName(lowerCamelCase(method.name), suffix: "Method", reserved: serviceMembers)
      var number = 1
      // `GetURL` and `GetUrl`, say: the second one carries a number.
      let unique = scope.claim(name) { _ in
        number += 1
        return numbered(name, number)
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

  /// The name where it is called in another method, whose parameters it must not be taken for.
  var calledName: String { parameters.contains(name) ? "self.\(name)" : swiftName }

  subscript<Value>(dynamicMember path: KeyPath<ServiceDeclaration.Method, Value>) -> Value {
    declaration[keyPath: path]
  }
}
