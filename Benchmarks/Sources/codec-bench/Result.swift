internal import Foundation

/// What one implementation took for one shape.
struct Result {
  let shape: Shape
  let implementation: Implementation
  let encodeNanoseconds: Double
  let decodeNanoseconds: Double
  let byteCount: Int

  static let head = "shape             implementation    encode ns  decode ns        sum      bytes"

  var row: String {
    let names = [shape.rawValue, implementation.rawValue]
      .map { $0.padding(toLength: 18, withPad: " ", startingAt: 0) }.joined()
    let numbers = [encodeNanoseconds, decodeNanoseconds, encodeNanoseconds + decodeNanoseconds]
      .map { String(format: "%9.1f", $0) }.joined(separator: "  ")
    return names + numbers + String(format: "  %9ld", byteCount)
  }

  var json: String {
    String(
      format: #"{"shape":"%@","implementation":"%@","encode_ns":%.1f,"decode_ns":%.1f,"bytes":%ld}"#,
      shape.rawValue, implementation.rawValue, encodeNanoseconds, decodeNanoseconds, byteCount)
  }
}
