/// What the calls of a server may take.
package struct CallLimits: Sendable {
  /// The most metadata that a call may come with, in bytes as HTTP/2 counts it.
  let maxMetadataBytes: Int
  /// The most that goes out with a status, in bytes.
  let maxStatusBytes: Int
  /// The most handlers that run at a time.
  let maxCalls: Int
  /// The most handlers that run at a time for one connection.
  let maxCallsPerConnection: Int
  /// The most handlers that run at a time for one address.
  let maxCallsPerAddress: Int
  /// The most calls that wait for a handler.
  let maxWaitingCalls: Int
  /// The most calls that a connection may cancel in a second.
  let maxResetsPerSecond: Int
  /// How long the request of a call that has one may take to arrive.
  let requestTime: Duration?
  let overloadAnswer: OverloadAnswer

  package init(
    maxMetadataBytes: Int, maxStatusBytes: Int, maxCalls: Int?, maxCallsPerConnection: Int,
    maxCallsPerAddress: Int?, maxWaitingCalls: Int?, maxResetsPerSecond: Int?, requestTime: Duration?,
    overloadAnswer: OverloadAnswer
  ) {
    self.maxMetadataBytes = maxMetadataBytes
    self.maxStatusBytes = maxStatusBytes
    self.maxCalls = maxCalls ?? .max
    self.maxCallsPerConnection = maxCallsPerConnection
    self.maxCallsPerAddress = maxCallsPerAddress ?? .max
    self.maxWaitingCalls = maxWaitingCalls ?? .max
    self.maxResetsPerSecond = maxResetsPerSecond ?? .max
    self.requestTime = requestTime
    self.overloadAnswer = overloadAnswer
  }

  /// How many handlers run before calls are counted by client.
  ///
  /// With fewer, no client can have many, and none is asked for its address, which would cost each call some hundred nanoseconds. Those
  /// that run by then are nobody's: so a client has a quarter more than the limit at most.
  var countedFrom: Int { min(maxCallsPerConnection, maxCallsPerAddress) / 4 }
}

/// How calls are refused for which there is no room.
package struct OverloadAnswer: Sendable {
  let code: Int32
  /// What goes out with the status.
  let metadata: [MetadataField]

  package init(code: Int32, metadata: [MetadataField]) {
    self.code = code
    self.metadata = metadata
  }

  func refusal(_ message: String) -> Refusal { Refusal(code: code, message: message, metadata: metadata) }
}
