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
    await withTaskGroup(of: String?.self) { group in
      var senders: [AsyncStream<UserUpdate>.Continuation] = []
      func openNext() {
        let index = senders.count
        let channel = channels[index % channels.count]
        let (updates, sender) = AsyncStream.makeStream(of: UserUpdate.self)
        senders.append(sender)
        let place = index % UserTable.count
        sender.yield(.with { $0.id = expected.users[place].id })
        group.addTask(executorPreference: channel.executor) {
          await stream(updates, of: place, on: channel) { proof.yield($0) }
        }
      }
      while senders.count < min(count, Self.openingAtATime) { openNext() }
      var provenCount = 0
      var iterator = proofs.makeAsyncIterator()
      while provenCount < count, let failure = await iterator.next() {
        if let failure { report.fail(failure) }
        provenCount += 1
        if senders.count < count { openNext() }
      }
      if report.errors == 0 { await body() }
      for sender in senders { sender.finish() }
      for await failure in group {
        if let failure { report.fail(failure) }
      }
    }
    for channel in channels { await channel.shutdown() }
    return report
  }

  /// Runs one stream to its end. Tells of its first reply, or of the failure instead of one, with `prove`; returns a failure
  /// that came later.
  private func stream(
    _ updates: AsyncStream<UserUpdate>, of place: Int, on channel: Channel, prove: (String?) -> Void
  ) async -> String? {
    var isProven = false
    do throws(RPCError) {
      for try await result in UserServiceClient(channel).syncUsers(
        updates, options: CallOptions(deadline: .none))
      {
        guard !isProven else { return "SyncUsers answered \(result) to nothing" }
        isProven = true
        prove(expected.isUpdate(of: place, result) ? nil : "SyncUsers answered \(result)")
      }
      if isProven { return nil }
      prove("SyncUsers ended before its first reply")
      return nil
    } catch {
      if isProven { return "\(error)" }
      prove("\(error)")
      return nil
    }
  }
}
