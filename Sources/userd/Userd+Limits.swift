internal import ThinGRPC

extension Userd {
  /// The settings of the server, as the options say them.
  var limits: ServerConfiguration {
    var limits = ServerConfiguration()
    limits.memoryQuotaBytes = min(memoryQuota << 20, ServerConfiguration.defaultMemoryQuotaBytes)
    limits.maxCallsInProgress = maxCalls
    limits.maxCallsPerAddress = maxCallsPerAddress == 0 ? nil : maxCallsPerAddress
    limits.maxConnections = maxConnections == 0 ? nil : maxConnections
    limits.maxConnectionsPerAddress = maxConnectionsPerAddress == 0 ? nil : maxConnectionsPerAddress
    limits.maxConnectionAge = connectionAgeSeconds == 0 ? nil : .seconds(connectionAgeSeconds)
    limits.maxRequestTime = requestSeconds == 0 ? nil : .seconds(requestSeconds)
    // A daemon outlives its clients' mistakes: a forgotten connection is closed.
    limits.maxConnectionIdle = .seconds(15 * 60)
    limits.unixSocketMode = socketMode
    // Whoever looks after a daemon starts it again.
    limits.deadListenerAction = .endProcess
    return limits
  }
}
