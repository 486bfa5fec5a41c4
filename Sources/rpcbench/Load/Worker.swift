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
  /// The time between two starts of an open loop; nil makes a closed one.
  let interval: Duration?
  let pageSize: Int
  let nameByteCount: Int
  let sizes: MessageSizes

  func run(_ scenario: Scenario) async -> Measurement {
    switch scenario {
    case .unaryPingpong, .unaryLoad: await unary()
    case .create: await create()
    case .list: await list()
    case .syncPingpong: await sync(name: "Name")
    case .bytes: await sync(name: String(repeating: "x", count: nameByteCount))
    }
  }

  private func unary() async -> Measurement {
    var measurement = Measurement()
    var next = index * 31 % UserTable.count
    // In an open loop a call has the time at which it should have started, so that a stall counts for all calls it delays.
    var start = ContinuousClock.now
    while start < window.end {
      let expected = "user-\(next)"
      do {
        let request = GetUserRequest.with { $0.id = expected }
        let user = try await users.getUser(request)
        let now = ContinuousClock.now
        if user.id != expected || user.plan.rawValue != Int32(next % 3 + 1) || !user.hasCreatedAt {
          measurement.fail("GetUser of \(expected) answered \(user.id)")
        } else if interval == nil ? window.counts(from: start, to: now) : window.counts(dueAt: start) {
          measurement.calls += 1
          measurement.messages += 1
          measurement.lastEnd = now
          measurement.operations += 1
          measurement.bytes += sizes.requests[next] + sizes.users[next]
          measurement.record(now - start)
        }
      } catch {
        measurement.fail("\(error)")
        if error.code == .unavailable { return measurement }
      }
      if ContinuousClock.now > window.end + MeasuredWindow.longestDelay {
        measurement.fail("The server is \(MeasuredWindow.longestDelay) behind the rate")
        return measurement
      }
      next = next + 1 == UserTable.count ? 0 : next + 1
      start = await nextStart(after: start)
    }
    return measurement
  }

  private func nextStart(after start: ContinuousClock.Instant) async -> ContinuousClock.Instant {
    guard let interval else { return .now }
    let next = start + interval
    if next > .now { try? await Task.sleep(until: next, clock: .continuous) }
    return next
  }

  private func list() async -> Measurement {
    var measurement = Measurement()
    let request = ListUsersRequest.with { $0.pageSize = Int32(clamping: pageSize) }
    while ContinuousClock.now < window.end {
      let start = ContinuousClock.now
      var received = 0
      var wrong = 0
      var bytes = 0
      do throws(RPCError) {
        for try await user in users.listUsers(request) {
          let expected = received % UserTable.count
          if user.plan.rawValue != Int32(expected % 3 + 1)
            || user.createdAt.seconds != 1_700_000_000 + Int64(expected)
          {
            wrong += 1
          }
          bytes += sizes.users[expected]
          received += 1
        }
      } catch {
        measurement.fail("\(error)")
        if error.code == .unavailable { return measurement }
        continue
      }
      let now = ContinuousClock.now
      if wrong > 0 || received != pageSize {
        measurement.fail("ListUsers of \(pageSize) answered \(received) users, \(wrong) of them wrong")
      } else if window.counts(from: start, to: now) {
        measurement.calls += 1
        measurement.messages += received
        measurement.operations += received
        measurement.bytes += bytes
        measurement.record(now - start)
      }
    }
    return measurement
  }

  /// One stream for the whole run: each result lets the next update go.
  private func sync(name: String) async -> Measurement {
    var measurement = Measurement()
    let (updates, sender) = AsyncStream.makeStream(of: UserUpdate.self)
    var number = index
    func update() -> UserUpdate {
      .with {
        $0.id = "user-\(number % UserTable.count)"
        $0.name = name
      }
    }
    var start = ContinuousClock.now
    sender.yield(update())
    do throws(RPCError) {
      for try await result in users.syncUsers(updates, options: CallOptions(deadline: .none)) {
        let now = ContinuousClock.now
        if !result.ok || result.id != "user-\(number % UserTable.count)" {
          measurement.fail("SyncUsers answered \(result.id) with \(result.code)")
        } else if window.counts(from: start, to: now) {
          measurement.messages += 1
          measurement.operations += 1
          // What a user sees of the payload: the text that goes up and the ids both ways.
          measurement.bytes += name.utf8.count + result.id.utf8.count * 2 + result.message.utf8.count
          measurement.record(now - start)
        }
        if now >= window.end {
          sender.finish()
        } else {
          number += 1
          start = now
          sender.yield(update())
        }
      }
      measurement.calls += 1
    } catch {
      measurement.fail("\(error)")
    }
    return measurement
  }
}
