internal import Foundation

/// What one implementation took for one shape.
struct Result {
  let shape: Shape
  let implementation: Implementation
  let nanoseconds: [Operation: Double]
  let byteCount: Int

  static var head: String {
    let times = Operation.allCases.map { "\($0.rawValue) ns" } + ["sum ns"]
    return columns(["shape", "implementation"], times.flatMap { [$0, "x"] } + ["bytes"])
  }

  private var sum: Double { nanoseconds.values.reduce(0, +) }

  /// A line of the table; with each time what multiple of the `first` implementation's it is.
  func row(comparedWith first: Result?) -> String {
    var cells: [String] = []
    for operation in Operation.allCases {
      cells += Self.cells(nanoseconds[operation], first?.nanoseconds[operation])
    }
    cells += Self.cells(sum, first?.sum)
    return Self.columns([shape.rawValue, implementation.rawValue], cells + [String(byteCount)])
  }

  var json: String {
    let times = Operation.allCases.compactMap { operation in
      nanoseconds[operation].map { String(format: #""%@_ns":%.1f"#, operation.rawValue, $0) }
    }
    return String(
      format: #"{"shape":"%@","implementation":"%@",%@,"bytes":%ld}"#, shape.rawValue,
      implementation.rawValue, times.joined(separator: ","), byteCount)
  }

  private static func cells(_ nanoseconds: Double?, _ first: Double?) -> [String] {
    guard let nanoseconds else { return ["-", ""] }
    let ratio = first.map { String(format: "%.2f", nanoseconds / $0) } ?? ""
    return [String(format: "%.1f", nanoseconds), ratio]
  }

  private static func columns(_ names: [String], _ cells: [String]) -> String {
    names.map { $0.padding(toLength: 18, withPad: " ", startingAt: 0) }.joined()
      + cells.map { String(repeating: " ", count: max(1, 11 - $0.count)) + $0 }.joined()
  }
}
