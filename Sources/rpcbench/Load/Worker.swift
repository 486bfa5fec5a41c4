internal import ThinGRPC
internal import ThinGRPCProtobuf
internal import UserProtos
internal import UserTable

/// Makes one call after the other until the window closes, and verifies every reply.
struct Worker: Sendable {
  let users: UserServiceClient
  let window: MeasuredWindow
  /// Which of the workers this is: they begin at different users.
  let index: Int
  /// How many calls or round trips to make at most.
  let limit: Int
  /// The nanoseconds between two starts of an open loop; nil makes a closed one.
  let interval: Int64?
  let pageSize: Int
  let nameByteCount: Int
  let sizes: MessageSizes
  let expected: ExpectedReplies
  let latencies: Latencies

  func run(_ scenario: Scenario) async -> Measurement {
    switch scenario {
    case .unaryPingpong, .unaryLoad: await unary()
    case .create: await create()
    case .list: await list()
    case .syncPingpong: await sync(name: nil)
    case .bytes: await sync(name: String(repeating: "x", count: nameByteCount))
    }
  }

  private func unary() async -> Measurement {
    var measurement = Measurement(latencies)
    var next = index * 31 % UserTable.count
    // In an open loop a call has the time at which it should have started, so that a stall counts for all calls it delays.
    var start = LoadInstant.now
    var made = 0
    while start < window.end, made < limit {
      made += 1
      var now = start
      do throws(RPCError) {
        let user = try await users.getUser(.with { $0.id = expected.users[next].id })
        now = .now
        if !expected.isUser(of: next, user) {
          measurement.fail("GetUser of \(expected.users[next].id) answered \(user)")
        } else {
          let share =
            interval == nil ? window.share(from: start, to: now) : window.counts(dueAt: start) ? 1 : 0
          measurement.count(share, calls: 1, messages: 1, bytes: sizes.requests[next] + sizes.users[next])
          if share > 0 { measurement.lastEnd = now }
          if interval == nil ? window.contains(now) : share > 0 { measurement.record(now - start) }
        }
      } catch {
        now = .now
        measurement.fail("\(error)")
        if error.code == .unavailable { return measurement }
      }
      next = next + 1 == UserTable.count ? 0 : next + 1
      if let interval {
        if now > window.end + MeasuredWindow.longestDelay {
          measurement.fail("The server is half a minute behind the rate")
          return measurement
        }
        start = start + interval
        await min(start, window.end).wait()
      } else {
        start = now
      }
    }
    return measurement
  }

  private func list() async -> Measurement {
    var measurement = Measurement(latencies)
    let request = ListUsersRequest.with { $0.pageSize = Int32(clamping: pageSize) }
    var made = 0
    while LoadInstant.now < window.end, made < limit {
      made += 1
      let start = LoadInstant.now
      var received = 0
      var wrong = 0
      var bytes = 0
      do throws(RPCError) {
        for try await user in users.listUsers(request) {
          let place = received % UserTable.count
          if !expected.isUser(of: place, user) { wrong += 1 }
          bytes += sizes.users[place]
          received += 1
        }
      } catch {
        measurement.fail("\(error)")
        if error.code == .unavailable { return measurement }
        continue
      }
      let now = LoadInstant.now
      if wrong > 0 || received != pageSize {
        measurement.fail("ListUsers of \(pageSize) answered \(received) users, \(wrong) of them wrong")
      } else {
        measurement.count(window.share(from: start, to: now), calls: 1, messages: received, bytes: bytes)
        if window.contains(now) { measurement.record(now - start) }
      }
    }
    return measurement
  }

  /// One stream for the whole run: each result lets the next update go. The name is the user's own, or the one given.
  private func sync(name: String?) async -> Measurement {
    var measurement = Measurement(latencies)
    var place = index % UserTable.count
    do {
      try await users.syncUsers(options: CallOptions(deadline: .none)) { updates, results in
        var made = 0
        var start = LoadInstant.now
        while start < window.end, made < limit {
          made += 1
          try await updates.write(.of(expected.users[place], name: name))
          guard let result = try await results.next() else {
            return measurement.fail("SyncUsers ended after \(made - 1) results")
          }
          let now = LoadInstant.now
          if !expected.isUpdate(of: place, result) {
            measurement.fail("SyncUsers of \(expected.users[place].id) answered \(result)")
          } else {
            measurement.count(
              window.share(from: start, to: now), calls: 0, messages: 1, bytes: sizes.roundTrips[place])
            if window.contains(now) { measurement.record(now - start) }
          }
          place = place + 1 == UserTable.count ? 0 : place + 1
          start = now
        }
      }
      measurement.count(1, calls: 1, messages: 0, bytes: 0)
    } catch {
      measurement.fail("\(error)")
    }
    return measurement
  }
}
