/// What the accepting of connections has to know of a server.
final class ListeningServer: Sendable {
  /// What counts its connections, where they have a limit.
  let count: ConnectionCount?
  /// Whether the process ends when one of its listeners is dead.
  let endsWithListener: Bool
  private let loops: [EventLoop]

  init(limits: ConnectionLimits, queues: [CompletionQueue]) {
    count = ConnectionCount(most: limits.maxConnections, mostOfAddress: limits.maxConnectionsPerAddress)
    endsWithListener = limits.endsWithListener
    loops = queues.map(\.loop)
  }

  /// What the server's threads are doing.
  var activity: [LoopActivity.Sample?] { loops.map(\.activity.sample) }
}

/// What the connections of a server may take, and what becomes of the process when no more can come.
package struct ConnectionLimits: Sendable {
  let maxConnections: Int?
  let maxConnectionsPerAddress: Int?
  let endsWithListener: Bool

  package init(maxConnections: Int?, maxConnectionsPerAddress: Int?, endsWithListener: Bool) {
    self.maxConnections = maxConnections
    self.maxConnectionsPerAddress = maxConnectionsPerAddress
    self.endsWithListener = endsWithListener
  }
}
