/// What the user asked for in the plugin's parameter, for example `Visibility=package`.
public struct GeneratorOptions: Hashable, Sendable {
  /// The access level of all generated declarations.
  public enum Visibility: String, Hashable, Sendable, CaseIterable {
    case `public`, package, `internal`
  }

  /// Which modules the generated files import.
  public enum Imports: String, Hashable, Sendable, CaseIterable {
    /// `ThinGRPC` and `ThinGRPCProtobuf`, where a file uses them.
    case runtime
    /// Only `ThinGRPC`: for files that become part of `ThinGRPCProtobuf` itself.
    case insideRuntime
  }

  public var visibility = Visibility.public
  public var imports = Imports.runtime

  public init() {}

  /// Reads the parameter: `Name=value`, separated by commas.
  ///
  /// - Throws: `GeneratorError` when a name or a value is not known.
  public init(parameter: String) throws(GeneratorError) {
    for assignment in parameter.split(separator: ",") {
      let parts = assignment.split(separator: "=", maxSplits: 1).map(String.init)
      let value = parts.count == 2 ? parts[1] : ""
      switch parts[0] {
      case "Visibility": visibility = try Self.choice(value, for: "Visibility")
      case "Imports": imports = try Self.choice(value, for: "Imports")
      default:
        throw GeneratorError("The option \(parts[0]) is not known; there are Visibility and Imports")
      }
    }
  }

  private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ value: String, for option: String
  ) throws(GeneratorError) -> Choice {
    guard let choice = Choice(rawValue: value.prefix(1).lowercased() + value.dropFirst()) else {
      let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw GeneratorError("The option \(option) is one of \(choices), not \"\(value)\"")
    }
    return choice
  }
}
