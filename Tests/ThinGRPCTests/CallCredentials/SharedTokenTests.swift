import Foundation
import Testing
import ThinGRPC

@Suite("A token that all calls share")
struct SharedTokenTests {
  /// What hands out numbered tokens.
  private final class Issuer: Sendable {
    let fetches = Shared(0)
    let runningAtOnce = Shared(0)
    let mostAtOnce = Shared(0)

    func fetch(after wait: Duration = .zero, lifetime: Duration?) async throws -> BearerToken {
      runningAtOnce.update { $0 += 1 }
      defer { runningAtOnce.update { $0 -= 1 } }
      let running = runningAtOnce.value
      mostAtOnce.update { $0 = max($0, running) }
      fetches.update { $0 += 1 }
      let number = fetches.value
      try await Task.sleep(for: wait)
      return BearerToken("t\(number)", lifetime: lifetime)
    }
  }

  @Test("It is fetched once, however many calls wait for it, and kept while it is good")
  func once() async throws {
    let issuer = Issuer()
    let options = CallOptions(
      credentials: .bearer { try await issuer.fetch(after: .milliseconds(100), lifetime: .seconds(3600)) })
    try await withPrivateEcho { client in
      let answers = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<200 { group.addTask { try await client.unary("", options: options).value } }
        return try await group.reduce(into: Set()) { $0.insert($1) }
      }
      #expect(answers == ["Bearer t1"])
      expectEqual(try await client.authorizations(options), Array(repeating: "Bearer t1", count: 4))
    }
    #expect(issuer.fetches.value == 1)
  }

  @Test("It is fetched anew ahead of its end, while calls go on with the one before, one fetch at a time")
  func ahead() async throws {
    let issuer = Issuer()
    let options = CallOptions(
      credentials: .bearer(refreshingAhead: .seconds(3600)) {
        // Good for long, and to be renewed after half of that.
        try await issuer.fetch(after: .milliseconds(20), lifetime: .milliseconds(400))
      })
    try await withPrivateEcho { client in
      var answers: Set<String> = []
      let end = ContinuousClock.now + .seconds(60)
      while answers.count < 3, ContinuousClock.now < end {
        let some = try await withThrowingTaskGroup(of: String.self) { group in
          for _ in 0..<10 { group.addTask { try await client.unary("", options: options).value } }
          return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        answers.formUnion(some)
      }
      #expect(answers.count == 3)
      #expect(issuer.fetches.value >= 3)
    }
    #expect(issuer.mostAtOnce.value == 1)
  }

  @Test("Calls that are cancelled, or pass their deadline, while they wait do not end the fetch")
  func cancelledWaiters() async throws {
    let fetches = Shared(0)
    let mayEnd = Shared(false)
    let options = CallOptions(
      credentials: .bearer {
        fetches.update { $0 += 1 }
        while !mayEnd.value { try await Task.sleep(for: .milliseconds(5)) }
        return BearerToken("t", lifetime: nil)
      })
    try await withPrivateEcho { client in
      let first = Task { try await client.unary("", options: options).value }
      let second = Task { try await client.unary("", options: options).value }
      #expect(await eventually { fetches.value == 1 })
      first.cancel()
      #expect(await rpcError { try await first.value }?.code == .cancelled)
      var short = options
      short.deadline = .after(.milliseconds(20))
      #expect(await rpcError { try await client.unary("", options: short) }?.code == .deadlineExceeded)
      mayEnd.value = true
      expectEqual(try await second.value, "Bearer t")
    }
    #expect(fetches.value == 1)
  }

  @Test("A fetch has nothing of the call that began it: not its deadline, and not its handler's")
  func detached() async throws {
    let isInHandler = Shared<Bool?>(nil)
    let options = CallOptions(
      credentials: .bearer {
        isInHandler.value = ServerContext.current != nil
        return BearerToken("t", lifetime: nil)
      })
    try await withPrivateEcho { inner in
      var service = EchoService()
      service.onUnary = { request, _ in try await inner.unary(request, options: options) }
      try await withEcho(service) { client, _ in
        expectEqual(try await client.unary("").value, "Bearer t")
      }
    }
    #expect(isInHandler.value == false)
  }

  @Test("A failure ends the calls that wait, with its reason, and those that follow until it is tried again")
  func failure() async throws {
    let attempts = Shared(0)
    let options = CallOptions(
      credentials: .bearer {
        attempts.update { $0 += 1 }
        if attempts.value == 1 { throw RPCError(.unauthenticated, "the account is closed") }
        return BearerToken("t", lifetime: nil)
      })
    try await withPrivateEcho { client in
      let expected = RPCError(.unauthenticated, "The credentials of the call failed: the account is closed")
      let begin = ContinuousClock.now
      for _ in 0..<5 {
        let error = await rpcError { try await client.unary("", options: options) }
        guard ContinuousClock.now - begin < .seconds(1) else { break }
        #expect(error?.code == expected.code && error?.message == expected.message)
        #expect(attempts.value == 1)
      }
      #expect(await eventually { (try? await client.unary("", options: options).value) == "Bearer t" })
      #expect(ContinuousClock.now - begin >= .seconds(1))
    }
    #expect(attempts.value == 2)
  }

  @Test("A failure to renew it goes unnoticed while it is good")
  func failedRenewal() async throws {
    let attempts = Shared(0)
    let options = CallOptions(
      credentials: .bearer(refreshingAhead: .seconds(59)) {
        attempts.update { $0 += 1 }
        if attempts.value > 1 { throw RPCError(.unavailable, "no") }
        return BearerToken("t", lifetime: .seconds(3))
      })
    try await withPrivateEcho { client in
      let begin = ContinuousClock.now
      let isTriedAgain = await eventually {
        let answer = try? await client.unary("", options: options).value
        return answer != "Bearer t" || attempts.value == 2
      }
      #expect(isTriedAgain && attempts.value == 2)
      let answer = try? await client.unary("", options: options).value
      if ContinuousClock.now - begin < .seconds(2.5) { #expect(answer == "Bearer t") }
    }
  }

  @Test("A fetch that takes too long is given up, and what it brings later is not used")
  func timeout() async throws {
    let attempts = Shared(0)
    let late = Shared(false)
    let options = CallOptions(
      credentials: .bearer(timeout: .milliseconds(50)) {
        attempts.update { $0 += 1 }
        guard attempts.value == 1 else { return BearerToken("second", lifetime: nil) }
        // One that does not notice its cancellation.
        await Task.detached { try? await Task.sleep(for: .milliseconds(500)) }.value
        late.value = true
        return BearerToken("late", lifetime: nil)
      })
    try await withPrivateEcho { client in
      let error = await rpcError { try await client.unary("", options: options) }
      #expect(error?.code == .unavailable)
      #expect(
        error?.message == "The credentials of the call failed: The token did not come within 0.05 seconds")
      #expect(await eventually { late.value })
      #expect(await eventually { (try? await client.unary("", options: options).value) == "Bearer second" })
    }
  }

  @Test("A token that has expired when it comes is not sent")
  func expired() async throws {
    let options = CallOptions(credentials: .bearer { BearerToken("t", lifetime: .seconds(-1)) })
    try await withPrivateEcho { client in
      let error = await rpcError { try await client.unary("", options: options) }
      #expect(error?.message == "The credentials of the call failed: The token had expired when it came")
    }
  }
}
