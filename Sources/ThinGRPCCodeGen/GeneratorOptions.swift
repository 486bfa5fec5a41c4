/// What the user asked for in the plugin's parameter, for example `Visibility=package,Client=false`.
public struct GeneratorOptions: Hashable, Sendable {
  /// The access level of all generated declarations.
  public enum Visibility: String, Hashable, Sendable, CaseIterable {
    case `public`, package, `internal`
  }

  /// Where the code of `foo/bar.proto` goes: `foo/bar`, `foo_bar` or `bar`, with an ending.
  public enum FileNaming: String, Hashable, Sendable, CaseIterable {
    case fullPath, pathToUnderscores, dropPath
  }

  /// The access level of all generated declarations.
  public var visibility = Visibility.public
  /// How generated files are named.
  public var fileNaming = FileNaming.fullPath
  /// Whether to write the messages and enums.
  public var messages = true
  /// Whether to write the clients.
  public var client = true
  /// Whether to write the protocols that servers implement.
  public var server = true
  /// Whether to write stand-ins for the clients, for tests, each into a file of its own.
  public var mocks = false
  /// Whether to write each file that could be, though nothing is in it: for builds that must know beforehand what they get.
  public var emptyFiles = false
  /// What stands before the names of the types, where their file has no option `swift_prefix`.
  public var typePrefix = TypePrefix()
  /// The module that the generated files become part of, where that needs to be known.
  public var moduleName: String?
  /// The modules that have the code of .proto files.
  public var modules: [SwiftModule] = []

  /// The options as they are when nothing is said.
  public init() {}

  /// Whether nothing but mocks is asked for: they may go into another module than what they stand in for.
  var isMocksOnly: Bool { mocks && !messages && !client && !server }
}
