/// What the calls of a server may take.
package struct CallLimits: Sendable {
  /// The most metadata that a call may come with, in bytes as HTTP/2 counts it.
  let maxMetadataBytes: Int
  /// The most that goes out with a status, in bytes.
  let maxStatusBytes: Int
  /// The most handlers that run at a time.
  let maxCalls: Int
  /// How long the request of a call that has one may take to arrive.
  let requestTime: Duration?

  package init(maxMetadataBytes: Int, maxStatusBytes: Int, maxCalls: Int?, requestTime: Duration?) {
    self.maxMetadataBytes = maxMetadataBytes
    self.maxStatusBytes = maxStatusBytes
    self.maxCalls = maxCalls ?? .max
    self.requestTime = requestTime
  }
}
