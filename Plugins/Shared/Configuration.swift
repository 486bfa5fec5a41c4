import Foundation

/// What a target's `thin-grpc.json` says: which .proto files to generate code for, and how.
struct Configuration: Decodable {
  /// The folders that imports are looked for in, relative to that of the configuration; just the latter unless set.
  var protoPaths = ["."]
  /// The files to generate code for, and folders with a slash at the end, as they are imported; all there are unless set.
  var protos: [String]?
  /// Where the command writes to, relative to the folder of the configuration; nil where it is not to.
  var output: String?
  /// The options of the generator.
  var options: [String: Option] = [:]
  /// Whether modules are told, for the generator's option `ModuleMappings`.
  var hasModules = false

  /// The value of an option: a text or a boolean.
  enum Option: Decodable {
    case text(String)
    case flag(Bool)

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let flag = try? value.decode(Bool.self) {
        self = .flag(flag)
      } else {
        self = .text(try value.decode(String.self))
      }
    }

    var parameter: String {
      switch self {
      case .text(let text): text
      case .flag(let flag): String(flag)
      }
    }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case protoPaths, protos, output, options, modules
  }

  /// A key of any name, to see those that are not known.
  private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    for key in try decoder.container(keyedBy: AnyKey.self).allKeys
    where CodingKeys(stringValue: key.stringValue) == nil {
      let known = CodingKeys.allCases.map(\.rawValue).joined(separator: ", ")
      throw PluginError("\(key.stringValue) is not known; there are \(known)")
    }
    let values = try decoder.container(keyedBy: CodingKeys.self)
    protoPaths = try values.decodeIfPresent([String].self, forKey: .protoPaths) ?? protoPaths
    protos = try values.decodeIfPresent([String].self, forKey: .protos)
    output = try values.decodeIfPresent(String.self, forKey: .output)
    options = try values.decodeIfPresent([String: Option].self, forKey: .options) ?? options
    hasModules = values.contains(.modules)
  }

  /// Reads the configuration at `url`.
  init(at url: URL) throws {
    do {
      self = try JSONDecoder().decode(Configuration.self, from: Data(contentsOf: url))
    } catch {
      throw PluginError("\(url.path) cannot be read: \(error)")
    }
  }
}

/// Why no code could be generated.
struct PluginError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
