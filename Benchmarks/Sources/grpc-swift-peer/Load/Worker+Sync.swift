internal import BenchmarkProgram
internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
internal import SwiftProtobuf

extension Worker {
  /// One stream for the whole run. The task that reads the results also writes the updates, but for the first one, once the
  /// stream has given it the writer: a second task would be woken for each round trip.
  func sync(name: String?) async -> Measurement {
    let (writers, handOver) = AsyncStream.makeStream(of: RPCWriter<Userservice_UserUpdate>.self)
    let (ends, end) = AsyncStream.makeStream(of: Void.self)
    do {
      return try await users.syncUsers { writer in
        // A server may have nothing to say before it has read something, so this cannot wait for its answer.
        try await writer.write(update(of: firstUser, name: name))
        handOver.yield(writer)
        for await _ in ends {}
      } onResponse: { response in
        defer { end.finish() }
        if case .failure(let error) = response.accepted { throw error }
        guard let writer = await writers.first(where: { _ in true }) else { throw CancellationError() }
        return try await exchange(response.messages, writer, name: name)
      }
    } catch {
      end.finish()
      var measurement = Measurement()
      measurement.fail("\(error)")
      return measurement
    }
  }

  /// Reads a result and writes the next update until the window closes; the first update has been written.
  private func exchange(
    _ results: RPCAsyncSequence<Userservice_SyncResult, any Error>,
    _ updates: RPCWriter<Userservice_UserUpdate>,
    name: String?
  ) async throws -> Measurement {
    var measurement = Measurement()
    var next = firstUser
    // Only short fields differ between updates, so that their lengths tell the size.
    let emptySize = update(of: next, name: name).encodedSize - variableSize(of: next, name: name)
    // The first round trip began before there was a stream: it is not counted.
    var start: ContinuousClock.Instant?
    for try await result in results {
      let now = ContinuousClock.now
      if result != expected.results[next] {
        measurement.fail("SyncUsers answered \(result) for \(expected.users[next].id)")
      } else if let start {
        measurement.count(
          window.share(from: start, to: now), messages: 1,
          bytes: PayloadBytes(
            request: emptySize + variableSize(of: next, name: name), response: expected.resultSizes[next]))
        if window.contains(now) { measurement.record(now - start) }
      }
      if now >= window.end {
        measurement.count(1, calls: 1, messages: 0, bytes: PayloadBytes())
        return measurement
      }
      next = next + 1 == UserTable.count ? 0 : next + 1
      start = now
      try await updates.write(update(of: next, name: name))
    }
    measurement.fail("the server ended the stream")
    return measurement
  }

  private var firstUser: Int { index % UserTable.count }

  private func update(of index: Int, name: String?) -> Userservice_UserUpdate {
    let user = expected.users[index]
    return .with {
      $0.id = user.id
      $0.email = user.email
      $0.name = name ?? user.name
      $0.plan = user.plan
    }
  }

  private func variableSize(of index: Int, name: String?) -> Int {
    let user = expected.users[index]
    return user.id.utf8.count + user.email.utf8.count + (name ?? user.name).utf8.count
  }
}
