internal import BenchmarkProgram
internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
internal import SwiftProtobuf

/// Makes one call after the other until the window closes, and verifies every field of every reply.
struct Worker: Sendable {
  let users: Userservice_UserService.Client<HTTP2ClientTransport.Posix>
  let window: MeasuredWindow
  /// Which of the workers this is: they begin at different users.
  let index: Int
  let pageSize: Int
  let nameByteCount: Int
  let expected: ExpectedReplies

  func run(_ scenario: Scenario) async -> Measurement {
    switch scenario {
    case .unaryPingpong, .unaryLoad: await unary()
    case .list: await list()
    case .syncPingpong: await sync(name: nil)
    case .bytes: await sync(name: String(repeating: "x", count: nameByteCount))
    }
  }

  private func unary() async -> Measurement {
    var measurement = Measurement()
    var next = index * 31 % UserTable.count
    var start = ContinuousClock.now
    while start < window.end {
      do {
        let user = try await users.getUser(.with { $0.id = expected.users[next].id })
        let now = ContinuousClock.now
        if user != expected.users[next] {
          measurement.fail("GetUser of \(expected.users[next].id) answered \(user)")
        } else {
          measurement.count(
            window.share(from: start, to: now), calls: 1, messages: 1,
            bytes: PayloadBytes(request: expected.requestSizes[next], response: expected.userSizes[next]))
          if window.contains(now) { measurement.record(now - start) }
        }
        start = now
      } catch {
        measurement.fail("\(error)")
        return measurement
      }
      next = next + 1 == UserTable.count ? 0 : next + 1
    }
    return measurement
  }

  private func list() async -> Measurement {
    var measurement = Measurement()
    let request = Userservice_ListUsersRequest.with { $0.pageSize = Int32(clamping: pageSize) }
    let expected = expected
    var start = ContinuousClock.now
    while start < window.end {
      do {
        let listed = try await users.listUsers(request) { response in
          var listed = (received: 0, wrong: 0, bytes: 0)
          var next = 0
          for try await user in response.messages {
            if user != expected.users[next] { listed.wrong += 1 }
            listed.bytes += expected.userSizes[next]
            listed.received += 1
            next = next + 1 == UserTable.count ? 0 : next + 1
          }
          return listed
        }
        let now = ContinuousClock.now
        if listed.wrong > 0 || listed.received != pageSize {
          measurement.fail(
            "ListUsers of \(pageSize) answered \(listed.received) users, \(listed.wrong) of them wrong")
        } else {
          measurement.count(
            window.share(from: start, to: now), calls: 1, messages: listed.received,
            bytes: PayloadBytes(request: request.encodedSize, response: listed.bytes))
          if window.contains(now) { measurement.record(now - start) }
        }
        start = now
      } catch {
        measurement.fail("\(error)")
        return measurement
      }
    }
    return measurement
  }

  /// One stream for the whole run. The task that reads the results also writes the updates, once the stream has given it the
  /// writer: a second task would be woken for each round trip.
  private func sync(name: String?) async -> Measurement {
    let (writers, handOver) = AsyncStream.makeStream(of: RPCWriter<Userservice_UserUpdate>.self)
    let (ends, end) = AsyncStream.makeStream(of: Void.self)
    do {
      return try await users.syncUsers { writer in
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

  private func exchange(
    _ results: RPCAsyncSequence<Userservice_SyncResult, any Error>,
    _ updates: RPCWriter<Userservice_UserUpdate>,
    name: String?
  ) async throws -> Measurement {
    var measurement = Measurement()
    var next = index % UserTable.count
    func update() -> Userservice_UserUpdate {
      let user = expected.users[next]
      return .with {
        $0.id = user.id
        $0.email = user.email
        $0.name = name ?? user.name
        $0.plan = user.plan
      }
    }
    // Only short fields differ between updates, so that their lengths tell the size.
    let emptySize = update().encodedSize - Self.variableSize(expected.users[next], name: name)
    var start = ContinuousClock.now
    try await updates.write(update())
    for try await result in results {
      let now = ContinuousClock.now
      if result != expected.results[next] {
        measurement.fail("SyncUsers answered \(result) for \(expected.users[next].id)")
      } else {
        measurement.count(
          window.share(from: start, to: now), messages: 1,
          bytes: PayloadBytes(
            request: emptySize + Self.variableSize(expected.users[next], name: name),
            response: expected.resultSizes[next]))
        if window.contains(now) { measurement.record(now - start) }
      }
      if now >= window.end {
        measurement.count(1, calls: 1, messages: 0, bytes: PayloadBytes())
        return measurement
      }
      next = next + 1 == UserTable.count ? 0 : next + 1
      start = now
      try await updates.write(update())
    }
    measurement.fail("the server ended the stream")
    return measurement
  }

  private static func variableSize(_ user: Userservice_User, name: String?) -> Int {
    user.id.utf8.count + user.email.utf8.count + (name ?? user.name).utf8.count
  }
}
