import Testing
import ThinGRPC

@Suite("Channels to several servers", .timeLimit(.minutes(5)))
struct BalancingTests {
  @Test("Calls go to each server in turn, or all to the first")
  func shares() async throws {
    try await withServers(3) { backends, client in
      let config = ServiceConfig.balanced(.roundRobin)
      try await client(config) { client in
        #expect(await eventually { (try? await Set(client.answers(9))) == ["0", "1", "2"] })
        let answers = try await client.answers(300)
        #expect(Dictionary(grouping: answers) { $0 }.mapValues(\.count) == ["0": 100, "1": 100, "2": 100])
      }
      try await client(ServiceConfig()) { client in
        try #expect(await Set(client.answers(30)) == ["0"])
      }
      try await client(ServiceConfig.balanced(.pickFirst)) { client in
        try #expect(await Set(client.answers(30)) == ["0"])
      }
      #expect(backends.count == 3)
    }
  }

  @Test("A server that answers with errors gets no calls for a while")
  func outliers() async throws {
    try await withServers(3) { backends, client in
      backends[1].failure.value = .unavailable
      var detection = OutlierDetection()
      detection.interval = .milliseconds(500)
      detection.baseEjectionTime = .seconds(5)
      detection.maxEjectionPercent = 50
      var percentage = OutlierDetection.FailurePercentage()
      (percentage.threshold, percentage.minimumHosts, percentage.requestVolume) = (50, 3, 5)
      detection.failurePercentageEjection = percentage
      try await client(ServiceConfig.balanced(.outlierDetection(detection))) { client in
        #expect(
          // At a time, so that there are enough of them in an interval however busy the machine is.
          await eventually {
            await withTaskGroup { group in
              for _ in 0..<30 { group.addTask { (try? await client.unary("a")) != nil } }
              return await group.allSatisfy { $0 }
            }
          })
        backends[1].failure.value = nil
        #expect(await eventually { (try? await client.answers(30).contains("1")) == true })
      }
    }
  }

  @Test("A server that says it is not serving gets no calls until it does")
  func health() async throws {
    try await withServers(2) { backends, client in
      var config = ServiceConfig.balanced(.roundRobin)
      config.healthCheckServiceName = "test.Echo"
      backends[0].health.set(.notServing)
      try await client(config) { client in
        let options = CallOptions(waitsForReady: true)
        for _ in 0..<20 { try await expectEqual(client.unary("a", options: options), "1") }
        backends[0].health.set(.serving)
        #expect(await eventually { (try? await Set(client.answers(10))) == ["0", "1"] })
        backends[1].health.set(.notServing)
        #expect(await eventually { (try? await Set(client.answers(10))) == ["0"] })
        #expect(await client.channel.connectivity.first { _ in true } == .ready)
        backends[0].health.set(.notServing)
        #expect(await eventually { (try? await client.unary("a")) == nil })
        let error = await rpcError { try await client.unary("a") }
        #expect(error?.code == .unavailable)
        backends[1].health.set(.serving)
        try await expectEqual(client.unary("a", options: options), "1")
      }
      #expect(Set(backends[0].health.asked.value) == ["test.Echo"])
    }
  }

  @Test("A server without the service of health counts as healthy, and one that fails in it does not")
  func healthless() async throws {
    try await withServers(2) { backends, client in
      var config = ServiceConfig.balanced(.roundRobin)
      config.healthCheckServiceName = ""
      backends[0].health.failure.value = .unimplemented
      backends[1].health.failure.value = .internalError
      try await client(config) { client in
        let options = CallOptions(waitsForReady: true)
        for _ in 0..<20 { try await expectEqual(client.unary("a", options: options), "0") }
      }
      #expect(Set(backends[0].health.asked.value) == [""])
      #expect(!backends[1].health.asked.value.isEmpty)
    }
  }

  @Test("Calls that fail on one server are made again on another")
  func retriesElsewhere() async throws {
    try await withServers(2) { backends, client in
      backends[0].failure.value = .unavailable
      var config = ServiceConfig.balanced(.roundRobin)
      var method = MethodConfig(.all)
      method.retryPolicy = .quick(3)
      config.methodConfigs = [method]
      try await client(config) { client in
        #expect(await eventually { (try? await client.answers(1)) == ["1"] })
        for _ in 0..<50 { try await expectEqual(client.unary("a"), "1") }
      }
    }
  }
}

/// A server that answers with its number, and says what is set of its health.
private struct Backend: Sendable {
  let failure = Shared<StatusCode?>(nil)
  let health = HealthService()

  func service(_ number: Int) -> EchoService {
    var service = EchoService()
    service.onUnary = { [failure] _, _ in
      if let code = failure.value { throw RPCError(code, "no") }
      return Text("\(number)")
    }
    return service
  }
}

/// `grpc.health.v1.Health`, as far as channels call it.
private final class HealthService: RPCService {
  enum Status: String {
    case serving = "\u{8}\u{1}"
    case notServing = "\u{8}\u{2}"
  }

  let asked = Shared<[String]>([])
  let failure = Shared<StatusCode?>(nil)
  private let status = Shared(Status.serving)
  private let watchers = Shared<[AsyncStream<Status>.Continuation]>([])

  func set(_ status: Status) {
    self.status.value = status
    for watcher in watchers.value { watcher.yield(status) }
  }

  var rpcMethods: [RPCMethod] {
    let watch = MethodDescriptor(service: "grpc.health.v1.Health", method: "Watch", kind: .serverStreaming)
    return [
      .serverStreaming(watch) { [self] (request: Text, responses: ResponseWriter<Text>, _) in
        asked.update { $0.append(String(request.value.dropFirst(2))) }
        if let code = failure.value { throw RPCError(code, "no") }
        let (changes, watcher) = AsyncStream.makeStream(of: Status.self)
        watchers.update { $0.append(watcher) }
        try await responses.write(Text(status.value.rawValue))
        for await change in changes { try await responses.write(Text(change.rawValue)) }
      }
    ]
  }
}

extension ServiceConfig {
  fileprivate static func balanced(_ policy: LoadBalancingPolicy) -> ServiceConfig {
    var config = ServiceConfig()
    config.loadBalancing = policy
    return config
  }
}

extension EchoClient {
  fileprivate func answers(_ count: Int) async throws -> [String] {
    var answers: [String] = []
    for _ in 0..<count {
      answers.append(try await unary("a", options: CallOptions(waitsForReady: true)).value)
    }
    return answers
  }
}

/// Runs `body` with servers, and with what runs another body with a client for all of them.
private func withServers(
  _ count: Int,
  _ body: ([Backend], (ServiceConfig, (EchoClient) async throws -> Void) async throws -> Void) async throws ->
    Void
) async throws {
  let backends = (0..<count).map { _ in Backend() }
  var servers: [Server] = []
  for (number, backend) in backends.enumerated() {
    servers.append(
      try Server(
        listeningOn: ["127.0.0.1:0"], credentials: .insecure,
        services: [backend.service(number), backend.health]))
  }
  let target = "ipv4:" + servers.map { $0.addresses[0] }.joined(separator: ",")
  try await body(backends) { config, body in
    var configuration = ChannelConfiguration()
    configuration.hasOwnConnection = true
    configuration.serviceConfig = config
    let channel = try Channel(to: target, credentials: .insecure, configuration: configuration)
    try await body(EchoClient(channel: channel))
    await channel.shutdown()
  }
  for server in servers { await server.shutdown() }
}
