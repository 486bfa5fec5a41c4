/// Some of gRPC's status codes, from 0 to 16.
package struct StatusCodeSet: Hashable, Sendable {
  private var bits: UInt32 = 0

  package init() {}

  package mutating func insert(_ code: Int32) { bits |= Self.bit(of: code) }

  package func contains(_ code: Int32) -> Bool { bits & Self.bit(of: code) != 0 }

  package var isEmpty: Bool { bits == 0 }

  private static func bit(of code: Int32) -> UInt32 { (0..<32).contains(code) ? 1 << UInt32(code) : 0 }
}
