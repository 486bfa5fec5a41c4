import Testing
import ThinGRPC

@Suite("How it stands with a channel's connections")
struct ConnectivityTests {
  private func channel(to address: String) throws -> Channel {
    var configuration = ChannelConfiguration()
    configuration.hasOwnConnection = true
    configuration.initialReconnectBackoff = .milliseconds(100)
    configuration.maxReconnectBackoff = .milliseconds(200)
    return try Channel(to: address, credentials: .insecure, configuration: configuration)
  }

  @Test("The states are told from the first to the shutdown")
  func states() async throws {
    let server = try Server(listeningOn: ["127.0.0.1:0"], credentials: .insecure, services: [EchoService()])
    let address = server.addresses[0]
    let channel = try channel(to: address)
    var states = channel.connectivity.makeAsyncIterator()
    #expect(await states.next() == .idle)
    try await channel.connect()
    while let state = await states.next(), state != .ready { #expect(state == .connecting) }
    try await expectEqual(EchoClient(channel: channel).unary("a"), "a")
    await server.shutdown()
    #expect(await states.next() == .idle)
    let failing = Task { try await channel.connect(deadline: .none) }
    while let state = await states.next(), state != .transientFailure {}
    let back = try Server(listeningOn: [address], credentials: .insecure, services: [EchoService()])
    try await failing.value
    while let state = await states.next(), state != .ready {}
    await channel.shutdown()
    var last: ConnectivityState?
    while let state = await states.next() { last = state }
    #expect(last == .shutdown)
    #expect(await channel.connectivity.first { _ in true } == .shutdown)
    await back.shutdown()
  }

  @Test("The wait for a connection ends at its deadline, by cancellation, and by the shutdown")
  func waits() async throws {
    let gone = try Server(listeningOn: ["127.0.0.1:0"], credentials: .insecure, services: [EchoService()])
    let address = gone.addresses[0]
    await gone.shutdown()
    let channel = try channel(to: address)
    let late = await rpcError { try await channel.connect(deadline: .after(.milliseconds(200))) }
    #expect(late?.code == .deadlineExceeded)
    let passed = await rpcError { try await channel.connect(deadline: .after(.zero)) }
    #expect(passed?.code == .deadlineExceeded)
    let waiting = Task { try await channel.connect(deadline: .none) }
    try await Task.sleep(for: .milliseconds(50))
    waiting.cancel()
    let cancelled = await rpcError { try await waiting.value }
    #expect(cancelled?.code == .cancelled)
    let shut = Task { try await channel.connect(deadline: .none) }
    try await Task.sleep(for: .milliseconds(50))
    await channel.shutdown()
    let error = await rpcError { try await shut.value }
    #expect(error?.code == .unavailable)
    let after = await rpcError { try await channel.connect() }
    #expect(after?.code == .unavailable)
  }

  @Test("Reading the states ends with the task's cancellation, and with the channel")
  func ends() async throws {
    var channel: Channel? = try channel(to: "127.0.0.1:1")
    let cancelled = Task { [states = channel!.connectivity] in
      var count = 0
      for await _ in states { count += 1 }
      return count
    }
    let letGo = Task { [states = channel!.connectivity] in
      var last: ConnectivityState?
      for await state in states { last = state }
      return last
    }
    try await Task.sleep(for: .milliseconds(50))
    cancelled.cancel()
    #expect(await cancelled.value <= 1)
    channel = nil
    #expect(await letGo.value == .shutdown)
  }

  @Test("A call that does not wait succeeds once the channel is connected, also after failures")
  func callAfterConnect() async throws {
    let gone = try Server(listeningOn: ["127.0.0.1:0"], credentials: .insecure, services: [EchoService()])
    let address = gone.addresses[0]
    await gone.shutdown()
    let channels = try (0..<16).map { index in
      var configuration = ChannelConfiguration()
      configuration.hasOwnConnection = true
      configuration.initialReconnectBackoff = .milliseconds(20)
      configuration.maxReconnectBackoff = .milliseconds(50)
      configuration.serviceConfig = ServiceConfig()
      if index.isMultiple(of: 2) { configuration.serviceConfig?.loadBalancing = .roundRobin }
      return try Channel(to: address, credentials: .insecure, configuration: configuration)
    }
    for channel in channels {
      let error = await rpcError { try await EchoClient(channel: channel).unary("a") }
      #expect(error?.code == .unavailable)
    }
    let back = try Server(listeningOn: [address], credentials: .insecure, services: [EchoService()])
    try await withThrowingTaskGroup(of: Void.self) { group in
      for channel in channels {
        group.addTask {
          try await channel.connect()
          for _ in 0..<5 { try await expectEqual(EchoClient(channel: channel).unary("a"), "a") }
          await channel.shutdown()
        }
      }
      try await group.waitForAll()
    }
    await back.shutdown()
  }

  @Test("Many readers and channels come and go")
  func many() async throws {
    try await withEcho { client, server in
      await withTaskGroup(of: Void.self) { group in
        for index in 0..<64 {
          group.addTask {
            guard let channel = try? self.channel(to: server.addresses[0]) else { return }
            let reading = Task { [states = channel.connectivity] in for await _ in states {} }
            if index.isMultiple(of: 2) { try? await channel.connect() }
            if index.isMultiple(of: 3) { reading.cancel() }
            if index.isMultiple(of: 5) { await channel.shutdown() }
            withExtendedLifetime(channel) {}
          }
        }
      }
      try await expectEqual(client.unary("a"), "a")
    }
  }

  @Test("A channel that is idle for long ends its connections, and connects again with a call")
  func idle() async throws {
    let server = try Server(listeningOn: ["127.0.0.1:0"], credentials: .insecure, services: [EchoService()])
    var configuration = ChannelConfiguration()
    configuration.hasOwnConnection = true
    // The least that the core takes.
    configuration.idleTimeout = .seconds(1)
    let channel = try Channel(to: server.addresses[0], credentials: .insecure, configuration: configuration)
    try await expectEqual(EchoClient(channel: channel).unary("a"), "a")
    var states = channel.connectivity.makeAsyncIterator()
    while let state = await states.next(), state != .idle {}
    try await expectEqual(EchoClient(channel: channel).unary("b"), "b")
    await channel.shutdown()
    await server.shutdown()
  }
}
