internal import ThinGRPC
internal import ThinGRPCProtobuf
internal import UserProtos
internal import UserTable

/// Streams that are open and silent.
struct IdleStreams {
  private let channels: [Channel]
  private let count: Int
  private let expected = ExpectedReplies()

  /// How many streams wait for their first reply at a time: servers refuse calls that they cannot keep up with.
  private static let openingAtATime = 500

  /// Makes the channels, each a connection of its own.
  init(address: String, count: Int, channelCount: Int) throws(SetupError) {
    self.count = count
    var configuration = ChannelConfiguration()
    configuration.hasOwnConnection = true
    let queues = CompletionQueues(count: 1)
    var channels: [Channel] = []
    for _ in 0..<channelCount {
      channels.append(
        try Channel(to: address, credentials: .insecure, configuration: configuration, queues: queues))
    }
    self.channels = channels
  }

  /// Opens the streams, and ends them when `body` has returned. It runs when each stream has shown with a round trip that
  /// it is open, and does not run where one has not.
  func hold(_ body: () async -> Void) async -> IdleReport {
    var report = IdleReport(streams: count, channels: channels.count)
    let (proofs, proof) = AsyncStream.makeStream(of: String?.self)
    let (end, ending) = AsyncStream.makeStream(of: Never.self)
    let ended = Task { for await _ in end {} }
    await withTaskGroup(of: String?.self) { group in
      var openedCount = 0
      func openNext() {
        let channel = channels[openedCount % channels.count]
        let place = openedCount % UserTable.count
        openedCount += 1
        group.addTask(executorPreference: channel.executor) {
          await stream(of: place, on: channel, until: ended) { proof.yield($0) }
        }
      }
      while openedCount < min(count, Self.openingAtATime) { openNext() }
      var provenCount = 0
      var iterator = proofs.makeAsyncIterator()
      while provenCount < count, let failure = await iterator.next() {
        if let failure { report.fail(failure) }
        provenCount += 1
        if openedCount < count { openNext() }
      }
      if report.errors == 0 { await body() }
      ending.finish()
      for await failure in group {
        if let failure { report.fail(failure) }
      }
    }
    for channel in channels { await channel.shutdown() }
    return report
  }

  /// Keeps one stream open until `end`. Tells of its first reply, or of the failure instead of one, with `prove`; returns a
  /// failure that came later.
  private func stream(
    of place: Int, on channel: Channel, until end: Task<Void, Never>, prove: (String?) -> Void
  ) async -> String? {
    var isProven = false
    do {
      return try await UserServiceClient(channel).syncUsers(options: CallOptions(deadline: .none)) {
        updates, results in
        try await updates.write(.with { $0.id = expected.users[place].id })
        let result = try await results.next()
        isProven = true
        guard let result else {
          prove("SyncUsers ended before its first reply")
          return nil
        }
        prove(expected.isUpdate(of: place, result) ? nil : "SyncUsers answered \(result)")
        await end.value
        try await updates.finish()
        return try await results.next().map { "SyncUsers answered \($0) to nothing" }
      }
    } catch {
      if isProven { return "\(error)" }
      prove("\(error)")
      return nil
    }
  }
}
