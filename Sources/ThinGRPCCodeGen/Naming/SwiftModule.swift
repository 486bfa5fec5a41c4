/// A Swift module, and the .proto files whose code it has.
public struct SwiftModule: Hashable, Sendable {
  /// The module's name, as it is imported.
  public let name: String
  /// Paths of .proto files as they are imported, and of folders with a slash at the end.
  public let protos: [String]
  /// What stands before the names of the module's types; nil where that is not known.
  public let typePrefix: TypePrefix?

  /// Makes a module.
  public init(name: String, protos: [String], typePrefix: TypePrefix? = nil) {
    self.name = name
    self.protos = protos
    self.typePrefix = typePrefix
  }

  /// How well the module's entries match a path: the length of the best one; nil when none does.
  func match(of path: String) -> Int? {
    protos.filter { $0 == path || ($0.hasSuffix("/") && path.hasPrefix($0)) }.map(\.utf8.count).max()
  }
}

extension SwiftModule: Decodable {
  private enum CodingKeys: String, CodingKey { case name, protos, typePrefix, packagePrefix }

  /// Reads `{"name": "FooProtos", "protos": ["foo/bar.proto", "foo/baz/"]}`, with `typePrefix` and `packagePrefix` where the
  /// module's types have them.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let text = try values.decodeIfPresent(String.self, forKey: .typePrefix)
    let includesPackage = try values.decodeIfPresent(Bool.self, forKey: .packagePrefix)
    self.init(
      name: try values.decode(String.self, forKey: .name),
      protos: try values.decode([String].self, forKey: .protos),
      typePrefix: text == nil && includesPackage == nil
        ? nil : TypePrefix(text ?? "", includesPackage: includesPackage ?? false))
  }
}

extension SwiftModule {
  /// The module of the types of google/protobuf, which are in a namespace of their own.
  static let wellKnownTypes = SwiftModule(
    name: "ThinGRPCWellKnownTypes",
    protos: [
      "any", "api", "descriptor", "duration", "empty", "field_mask", "source_context", "struct", "timestamp",
      "type", "wrappers",
    ].map { "google/protobuf/\($0).proto" }, typePrefix: TypePrefix())

  /// The namespace of the well-known types.
  static let wellKnownNamespace = "GoogleProtobuf"
}

/// What stands before the names of types in Swift, where their file has no option `swift_prefix`.
public struct TypePrefix: Hashable, Sendable {
  /// The same for all types.
  public var text: String
  /// Whether the package in UpperCamelCase follows it.
  public var includesPackage: Bool

  /// Makes a prefix; none unless something is said.
  public init(_ text: String = "", includesPackage: Bool = false) {
    self.text = text
    self.includesPackage = includesPackage
  }

  /// The prefix of the types of a package.
  func prefix(forPackage package: String) -> String {
    includesPackage && !package.isEmpty
      ? text + package.split(separator: ".").map { upperCamelCase(String($0)) }.joined() : text
  }
}
