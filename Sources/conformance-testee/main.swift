import Foundation

// Google's conformance runner starts this program and asks it over a pipe: each request and each response comes after
// its length, four bytes with the lowest first. The end of the input is the end of the tests.

while let head = try readBytes(4) {
  let byteCount = head.reversed().reduce(0) { $0 << 8 | Int($1) }
  guard let request = try readBytes(byteCount) else { break }
  let response = try response(to: request)
  let length = (0..<4).map { UInt8(truncatingIfNeeded: response.count >> (8 * $0)) }
  try FileHandle.standardOutput.write(contentsOf: length + response)
}

/// The next bytes of the standard input; nil at its end.
func readBytes(_ count: Int) throws -> [UInt8]? {
  var bytes: [UInt8] = []
  while bytes.count < count {
    guard let more = try FileHandle.standardInput.read(upToCount: count - bytes.count), !more.isEmpty else {
      return nil
    }
    bytes += more
  }
  return bytes
}
