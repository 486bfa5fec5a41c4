internal import Foundation

/// What one implementation took for one shape.
struct Result {
  let shape: Shape
  let implementation: Implementation
  let nanoseconds: [Operation: Double]
  let byteCount: Int
  /// Nil where there is no JSON.
  let jsonByteCount: Int?

  private static let titles =
    ["encode ns", "x", "decode ns", "x", "sum ns", "x", "JSON encode ns", "x", "JSON decode ns", "x"]
    + ["bytes", "JSON bytes"]

  static var head: String { columns(["shape", "implementation"], titles) }

  /// The time of encoding and decoding in binary.
  private var sum: Double? {
    guard let encode = nanoseconds[.encode], let decode = nanoseconds[.decode] else { return nil }
    return encode + decode
  }

  /// A line of the table; with each time what multiple of the `first` implementation's it is.
  func row(comparedWith first: Result?) -> String {
    let times = [
      (nanoseconds[.encode], first?.nanoseconds[.encode]),
      (nanoseconds[.decode], first?.nanoseconds[.decode]),
      (sum, first?.sum), (nanoseconds[.jsonEncode], first?.nanoseconds[.jsonEncode]),
      (nanoseconds[.jsonDecode], first?.nanoseconds[.jsonDecode]),
    ]
    return Self.columns(
      [shape.rawValue, implementation.rawValue],
      times.flatMap { Self.cells($0, $1) } + [String(byteCount), jsonByteCount.map { String($0) } ?? "-"])
  }

  var json: String {
    var members = Operation.allCases.compactMap { operation in
      nanoseconds[operation].map { nanoseconds in
        let name = operation.rawValue.replacing("-", with: "_")
        return String(format: #""%@_ns":%.1f"#, name, nanoseconds)
      }
    }
    members.append(#""bytes":\#(byteCount)"#)
    if let jsonByteCount { members.append(#""json_bytes":\#(jsonByteCount)"#) }
    let names = #""shape":"\#(shape.rawValue)","implementation":"\#(implementation.rawValue)""#
    return "{\(names),\(members.joined(separator: ","))}"
  }

  private static func cells(_ nanoseconds: Double?, _ first: Double?) -> [String] {
    guard let nanoseconds else { return ["-", ""] }
    let ratio = first.map { String(format: "%.2f", nanoseconds / $0) } ?? ""
    return [String(format: "%.1f", nanoseconds), ratio]
  }

  private static func columns(_ names: [String], _ cells: [String]) -> String {
    let widths = titles.map { $0 == "x" ? 7 : max(11, $0.count + 2) }
    return names.map { $0.padding(toLength: 18, withPad: " ", startingAt: 0) }.joined()
      + zip(cells, widths).map { String(repeating: " ", count: max(1, $1 - $0.count)) + $0 }.joined()
  }
}
