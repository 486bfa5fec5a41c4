import Foundation
import Testing
import ThinGRPC
import ThinGRPCGuarding
import ThinGRPCProtobuf
import UserProtos

extension ProgramTests {
  /// Three daemons behind one channel, which are killed, stopped and restarted in turn under load. For 20 seconds, or as long as
  /// `THINGRPC_CHAOS_SECONDS` has it; scripts/chaos prints what came of it.
  @Suite(.timeLimit(.minutes(30))) struct ChaosTests {
    @Test("No idempotent call fails while daemons are killed, stopped and restarted")
    func idempotentCalls() async throws {
      let seconds = ProcessInfo.processInfo.environment["THINGRPC_CHAOS_SECONDS"].flatMap { Int($0) }
      let folder = NSTemporaryDirectory() + "chaos-\(UUID().uuidString)"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(atPath: folder) }
      var daemons = try await Self.daemons(in: folder)
      let target = "ipv4:" + daemons.map(\.address).joined(separator: ",")
      let channel = try Channel(to: target, credentials: .insecure, configuration: Self.configuration)
      let tally = Tally()
      let id = daemons[0].id
      let workers = (0..<4).map { _ in Task { await Self.load(channel, id: id, tally) } }
      #expect(await tally.allAnswer(daemons.count))

      let end = ContinuousClock.now + .seconds(seconds ?? 20)
      var step = 0
      while ContinuousClock.now < end {
        let index = step % daemons.count
        switch (step / daemons.count + step) % 3 {
        case 0: try await daemons[index].restart(by: SIGKILL)
        case 1: try await daemons[index].pause(for: .seconds(6))
        default: try await daemons[index].restart(by: SIGTERM)
        }
        let wait = await tally.timeUntilAnswer(of: index)
        #expect(wait != nil, "Daemon \(index) gets no calls any more")
        if let wait { tally.noteReturn(after: wait) }
        step += 1
        try await Task.sleep(for: .seconds(1))
      }
      for worker in workers { worker.cancel() }
      for worker in workers { await worker.value }
      await channel.shutdown()
      for daemon in daemons { daemon.program.send(SIGTERM) }
      let report = tally.report(steps: step)
      if seconds != nil { print(report) }
      #expect(tally.failures.isEmpty, "\(report)")
      #expect(step >= 3)
    }

    private static var configuration: ChannelConfiguration {
      var method = MethodConfig(
        .method("userservice.UserService", "GetUser"), .method("userservice.UserService", "ListUsers"))
      method.retryPolicy = RetryPolicy(
        maxAttempts: 5, initialBackoff: .milliseconds(50), maxBackoff: .seconds(1),
        retryableStatusCodes: [.unavailable])
      var config = ServiceConfig()
      config.methodConfigs = [method]
      config.loadBalancing = .roundRobin
      // A daemon without the service of health counts as healthy.
      config.healthCheckServiceName = ""
      var configuration = ChannelConfiguration()
      configuration.serviceConfig = config
      configuration.hasOwnConnection = true
      configuration.initialReconnectBackoff = .milliseconds(100)
      configuration.maxReconnectBackoff = .seconds(1)
      // A process that is stopped says nothing, and its kernel takes what is sent.
      configuration.keepaliveTime = .seconds(1)
      configuration.keepaliveTimeout = .seconds(1)
      return configuration
    }

    /// Three daemons with the same user in their stores, whose name is their number.
    private static func daemons(in folder: String) async throws -> [Daemon] {
      var daemons = [try await Daemon(store: "\(folder)/0.sqlite")]
      let first = try Channel(to: daemons[0].address, credentials: .insecure)
      let user = try await UserServiceClient(first).createUser(
        .with {
          $0.email = "ada@example.org"
          $0.name = "0"
          $0.plan = .free
        })
      await first.shutdown()
      // After a stop the file has everything.
      try await daemons[0].stop(by: SIGTERM)
      for number in 1...2 {
        try FileManager.default.copyItem(atPath: "\(folder)/0.sqlite", toPath: "\(folder)/\(number).sqlite")
      }
      try await daemons[0].start()
      for number in 1...2 {
        let daemon = try await Daemon(store: "\(folder)/\(number).sqlite")
        let channel = try Channel(to: daemon.address, credentials: .insecure)
        _ = try await UserServiceClient(channel).updateUser(
          .with {
            $0.id = user.id
            $0.name = "\(number)"
          })
        await channel.shutdown()
        daemons.append(daemon)
      }
      for index in daemons.indices { daemons[index].id = user.id }
      return daemons
    }

    /// Makes calls until the task is cancelled.
    private static func load(_ channel: Channel, id: String, _ tally: Tally) async {
      let client = UserServiceClient(channel)
      while !Task.isCancelled {
        let received = ReceivedMetadata()
        let options = CallOptions(deadline: .after(.seconds(60)), receivedMetadata: received)
        do throws(RPCError) {
          let user = try await client.getUser(.with { $0.id = id }, options: options)
          tally.note(user.name, attemptCount: received.attemptCount)
        } catch {
          if !Task.isCancelled { tally.note(error, of: "GetUser") }
        }
        var hasBegun = false
        do throws(RPCError) {
          for try await user in client.listUsers(ListUsersRequest(), options: options) {
            hasBegun = true
            tally.note(user.name)
          }
        } catch {
          // What was listed already is with the caller: nobody can make such a call again but who makes it.
          if Task.isCancelled { break }
          if hasBegun { tally.noteBrokenListing() } else { tally.note(error, of: "ListUsers") }
        }
        try? await Task.sleep(for: .milliseconds(5))
      }
    }
  }
}

/// A daemon that comes back where it was.
private struct Daemon {
  private(set) var program: Program
  private(set) var address: String
  private let store: String
  var id = ""

  init(store: String) async throws {
    self.store = store
    (program, address) = try await Self.started(store, "127.0.0.1:0")
  }

  private static func started(_ store: String, _ address: String) async throws -> (Program, String) {
    let prefix = "listening on "
    // Another process may hold a port for a moment that was given to no one.
    for _ in 0..<50 {
      let program = try Program(
        "userd", ["--listen", address, "--store", store, "--grace-seconds", "5", "--log-level", "error"])
      if let line = await program.line(startingWith: prefix) {
        return (program, String(line.dropFirst(prefix.count)))
      }
      try await Task.sleep(for: .milliseconds(100))
    }
    throw CocoaError(.executableLoad)
  }

  mutating func start() async throws {
    (program, address) = try await Self.started(store, address)
  }

  func stop(by signal: Int32) async throws {
    program.send(signal)
    _ = await program.result()
  }

  mutating func restart(by signal: Int32) async throws {
    try await stop(by: signal)
    try await Task.sleep(for: .milliseconds(500))
    try await start()
  }

  func pause(for duration: Duration) async throws {
    program.send(SIGSTOP)
    try await Task.sleep(for: duration)
    program.send(SIGCONT)
  }
}

/// What came of the calls.
private final class Tally: Sendable {
  private struct State {
    var answers: [String: Int] = [:]
    var lastAnswers: [String: ContinuousClock.Instant] = [:]
    var retried = 0
    var brokenListings = 0
    var failures: [String] = []
    var returns: [Duration] = []
  }

  private let state = Guarded(State())

  var failures: [String] { state.withLock { $0.failures } }

  func note(_ name: String, attemptCount: Int = 1) {
    state.withLock { state in
      state.answers[name, default: 0] += 1
      state.lastAnswers[name] = .now
      if attemptCount > 1 { state.retried += 1 }
    }
  }

  func note(_ error: RPCError, of method: String) {
    state.withLock { $0.failures.append("\(method): \(error) \(error.debugDescription ?? "")") }
  }

  func noteBrokenListing() {
    state.withLock { $0.brokenListings += 1 }
  }

  func noteReturn(after wait: Duration) {
    state.withLock { $0.returns.append(wait) }
  }

  func allAnswer(_ count: Int) async -> Bool {
    for _ in 0..<600 {
      if state.withLock({ $0.answers.count }) == count { return true }
      try? await Task.sleep(for: .milliseconds(100))
    }
    return false
  }

  /// How long it takes until a daemon answers again; nil if it does not within a minute.
  func timeUntilAnswer(of number: Int) async -> Duration? {
    let start = ContinuousClock.now
    while ContinuousClock.now < start + .seconds(60) {
      if let last = state.withLock({ $0.lastAnswers["\(number)"] }), last > start { return last - start }
      try? await Task.sleep(for: .milliseconds(1))
    }
    return nil
  }

  func report(steps: Int) -> String {
    state.withLock { state in
      let all = state.answers.values.reduce(0, +)
      let shares = state.answers.sorted { $0.key < $1.key }.map {
        "\($0.key): \($0.value * 100 / max(1, all)) %"
      }
      let returns = state.returns.sorted()
      let failures = state.failures.prefix(5).map { "\n  \($0)" }.joined()
      return """
        \(all) answers, \(state.failures.count) failed calls, \(state.retried) unary calls made again, \
        \(state.brokenListings) listings broken off after their first user; \(steps) daemons killed, \
        stopped or restarted
        share of the answers: \(shares.joined(separator: ", "))
        time until a daemon that is back answers: median \(returns.isEmpty ? .zero : returns[returns.count / 2]), \
        longest \(returns.last ?? .zero)\(failures)
        """
    }
  }
}
