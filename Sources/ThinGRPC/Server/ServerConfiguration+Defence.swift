internal import GRPCRuntime

extension ServerConfiguration {
  /// How calls are refused for which there is no room.
  public struct OverloadAnswer: Hashable, Sendable {
    let isResourceExhausted: Bool
    let retryDelay: Duration?

    /// `resourceExhausted`: clients do not try again by themselves.
    public static let resourceExhausted = OverloadAnswer(isResourceExhausted: true, retryDelay: nil)

    /// `unavailable`: nothing was done, and clients with a retry policy try again.
    ///
    /// - Parameter retryDelay: how long they are asked to wait first (`grpc-retry-pushback-ms`), in place of their policy's delay;
    ///   nil leaves it to them.
    public static func unavailable(retryDelay: Duration?) -> OverloadAnswer {
      OverloadAnswer(isResourceExhausted: false, retryDelay: retryDelay)
    }

    var runtimeValue: GRPCRuntime.OverloadAnswer {
      GRPCRuntime.OverloadAnswer(
        code: (isResourceExhausted ? StatusCode.resourceExhausted : .unavailable).rawValue,
        metadata: retryDelay.map { delay in
          let milliseconds = max(0, min(delay.clampedNanoseconds / 1_000_000, Int64(Int32.max)))
          return [MetadataField(key: "grpc-retry-pushback-ms", value: .text("\(milliseconds)"))]
        } ?? [])
    }
  }

  /// What is done about a listener that accepts no connection any more, while the process lives.
  public struct DeadListenerAction: Hashable, Sendable {
    let endsProcess: Bool

    /// An error goes to ``TransportLog``.
    public static let report = DeadListenerAction(endsProcess: false)
    /// A line goes to standard error, and the process ends with exit code 70 (`EX_SOFTWARE`), so that whoever looks after it
    /// starts it again.
    public static let endProcess = DeadListenerAction(endsProcess: true)
  }

  var callLimits: CallLimits {
    CallLimits(
      maxMetadataBytes: maxMetadataBytes, maxStatusBytes: maxStatusBytes, maxCalls: maxCallsInProgress,
      maxCallsPerConnection: maxConcurrentCallsPerConnection, maxCallsPerAddress: maxCallsPerAddress,
      maxWaitingCalls: maxWaitingCalls, maxResetsPerSecond: maxCancelledCallsPerSecond,
      requestTime: maxRequestTime, overloadAnswer: overloadAnswer.runtimeValue)
  }

  var connectionLimits: ConnectionLimits {
    ConnectionLimits(
      maxConnections: maxConnections, maxConnectionsPerAddress: maxConnectionsPerAddress,
      endsWithListener: deadListenerAction.endsProcess)
  }
}
