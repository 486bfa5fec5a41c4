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
}
