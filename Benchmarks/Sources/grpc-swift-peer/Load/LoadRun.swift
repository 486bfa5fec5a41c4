internal import BenchmarkProgram
internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
internal import NIOPosix

/// One load from its connections to its report.
struct LoadRun {
  private let command: LoadCommand
  private let concurrency: Int
  private let connections: [Connection]

  /// A client has one connection; its tasks run on the event loop that the connection has.
  private struct Connection: Sendable {
    let client: GRPCClient<HTTP2ClientTransport.Posix>
    let executor: EventLoopExecutor?
  }

  init(_ command: LoadCommand) throws {
    self.command = command
    concurrency = command.options.concurrency ?? command.scenario.defaultConcurrency
    // A group of one loop each: a connection of a larger group may be on any of its loops.
    let eventLoops = (0..<command.options.threads).map { _ in MultiThreadedEventLoopGroup(numberOfThreads: 1)
    }
    connections = try (0..<command.options.channels).map { index in
      let group = eventLoops[index % eventLoops.count]
      return Connection(
        client: GRPCClient(
          transport: try .http2NIOPosix(
            target: Self.target(command.options.addr), transportSecurity: .plaintext,
            config: Self.configuration(command), eventLoopGroup: group)),
        executor: command.defaultPool ? nil : EventLoopExecutor(group.next()))
    }
  }

  private static func configuration(_ command: LoadCommand) -> HTTP2ClientTransport.Posix.Config {
    .defaults {
      $0.connection.flushCoalescing =
        command.flushDelayUs < 0
        ? nil : .init(maxFlushDelay: .microseconds(command.flushDelayUs), maxBytes: 64 << 10)
    }
  }

  private static func target(_ address: Address) -> any ResolvableTarget {
    switch address {
    case .tcp(let host, let port): .dns(host: host, port: port)
    case .unix(let path): .unixDomainSocket(path: path)
    }
  }

  func run() async throws -> LoadReport {
    let window = command.options.window
    async let processorSeconds = window.processorSeconds(marks: command.options.marks)
    let total = await measure(window)
    return LoadReport(
      client: "grpc-swift-2", scenario: command.scenario.rawValue, concurrency: concurrency,
      channels: connections.count, threads: command.options.threads, total: total, window: window,
      processorSeconds: try await processorSeconds)
  }

  private func measure(_ window: MeasuredWindow) async -> Measurement {
    let expected = ExpectedReplies()
    return await withTaskGroup(of: Measurement?.self) { group in
      for connection in connections {
        group.addTask(executorPreference: connection.executor) {
          var ended = Measurement()
          do {
            try await connection.client.runConnections()
          } catch {
            ended.fail("the connection ended: \(error)")
          }
          return ended
        }
      }
      for index in 0..<concurrency {
        let connection = connections[index % connections.count]
        let worker = Worker(
          users: Userservice_UserService.Client(wrapping: connection.client), window: window, index: index,
          pageSize: command.options.page, nameByteCount: command.options.size, expected: expected)
        group.addTask(executorPreference: connection.executor) { await worker.run(command.scenario) }
      }
      group.addTask {
        do {
          try await Task.sleep(until: window.lastMoment, clock: .continuous)
        } catch {
          return nil
        }
        var silence = Measurement()
        silence.fail("the server did not answer for 30 s after the planned end")
        return silence
      }

      var total = Measurement()
      var workersLeft = concurrency
      for await measurement in group {
        guard let measurement else { continue }
        total.add(measurement)
        workersLeft -= 1
        if workersLeft == 0 {
          connections.forEach { $0.client.beginGracefulShutdown() }
          group.cancelAll()
          break
        }
      }
      return total
    }
  }
}
