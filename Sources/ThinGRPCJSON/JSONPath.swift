/// The ways to what is in arrays and objects, such as `methodConfig[0].timeout`, for messages: one line, whatever the names are.
package enum JSONPath {
  package static func of(_ name: String, in path: String) -> String {
    let isPlain = !name.isEmpty && name.utf8.allSatisfy { $0.isPlain }
    let step = isPlain ? name : "[\(name.quotedAsJSON)]"
    return path.isEmpty || !isPlain ? path + step : "\(path).\(step)"
  }

  package static func of(_ index: Int, in path: String) -> String { "\(path)[\(index)]" }
}

extension UInt8 {
  fileprivate var isPlain: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
