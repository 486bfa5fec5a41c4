internal import ConsoleProgram
internal import ThinGRPC
internal import UserProtos

/// One load from its connections to its report.
struct LoadRun {
  private let command: LoadCommand
  private let concurrency: Int
  private let channels: [Channel]

  /// Makes the channels, each a connection of its own, spread over the threads.
  init(_ command: LoadCommand) throws(SetupError) {
    self.command = command
    concurrency = command.concurrency ?? command.scenario.defaultConcurrency
    let queues = (0..<command.threads).map { _ in CompletionQueues(count: 1) }
    var configuration = ChannelConfiguration()
    configuration.hasOwnConnection = true
    var channels: [Channel] = []
    for index in 0..<command.channels {
      channels.append(
        try Channel(
          to: command.addr, credentials: command.security.credentials, configuration: configuration,
          queues: queues[index % queues.count]))
    }
    self.channels = channels
  }

  func run() async throws -> LoadReport {
    let sizes = try MessageSizes(of: command.scenario, nameByteCount: command.size)
    let expected = ExpectedReplies()
    let latencies = Latencies()
    let operationSize = try OperationSize(
      of: command.scenario, pageSize: command.page, nameByteCount: command.size)
    let window = MeasuredWindow(
      warmUp: command.calls == nil ? command.warmupS : 0, duration: command.durationS)
    let watching = Task { try await watch(window) }
    let total = await withTaskGroup(of: Measurement.self) { group in
      for index in 0..<concurrency {
        let channel = channels[index % channels.count]
        let worker = Worker(
          users: UserServiceClient(channel), window: window, index: index, limit: limit(ofWorker: index),
          interval: command.rate.map { nanoseconds(Double(concurrency) / $0) }, pageSize: command.page,
          nameByteCount: command.size, sizes: sizes, expected: expected, latencies: latencies)
        group.addTask(executorPreference: command.defaultPool ? nil : channel.executor) {
          await worker.run(command.scenario)
        }
      }
      return await group.reduce(into: Measurement(latencies)) { $0.add($1) }
    }
    let processorSecondsAtEnd = processorSeconds()
    var end = command.calls == nil ? window.end : LoadInstant.now
    if command.calls != nil { watching.cancel() }
    var used = try await watching.value
    if command.rate != nil, let lastEnd = total.lastEnd, lastEnd > window.end {
      // An open loop that fell behind took longer than its window.
      end = lastEnd
      used.end = processorSecondsAtEnd
    }
    let report = report(
      total, latencies, operationSize, over: Double(end - window.begin) / 1e9,
      processorSeconds: used.end - used.begin)
    for channel in channels { await channel.shutdown() }
    return report
  }

  /// How many calls one of the workers makes: together they make those that were asked for.
  private func limit(ofWorker index: Int) -> Int {
    guard let calls = command.calls else { return .max }
    return calls / concurrency + (index < calls % concurrency ? 1 : 0)
  }

  /// Marks the window, and returns the CPU time of the process at its beginning and at its end.
  private func watch(_ window: MeasuredWindow) async throws -> (begin: Double, end: Double) {
    // A sleep ends early where the calls that were asked for have been made.
    await window.begin.wait()
    if command.marks { announce("#begin") }
    let before = processorSeconds()
    let line = StatusLine()
    let isShown = line.isShown && !command.json
    while isShown, !Task.isCancelled, LoadInstant.now + 1_000_000_000 < window.end {
      try? await Task.sleep(for: .seconds(1))
      let left = (window.end - .now) / 1_000_000_000
      line.show { _ in "\(command.scenario.rawValue): \(left) s left" }
    }
    await window.end.wait()
    let after = processorSeconds()
    if command.marks { announce("#end") }
    if isShown { line.clear() }
    return (before, after)
  }

  private func report(
    _ total: Measurement, _ latencies: Latencies, _ operationSize: OperationSize, over seconds: Double,
    processorSeconds: Double
  ) -> LoadReport {
    func each(_ count: Double) -> Double { count == 0 ? 0 : processorSeconds * 1_000_000 / count }
    func whole(_ count: Double) -> Int { Int(count.rounded()) }
    return LoadReport(
      scenario: command.scenario.rawValue, concurrency: concurrency, channels: channels.count,
      threads: command.threads, seconds: seconds, calls: whole(total.calls), msgs: whole(total.messages),
      ops: whole(total.operations), errors: total.errors, callsPerS: total.calls / seconds,
      msgsPerS: total.messages / seconds, opsPerS: total.operations / seconds,
      mbPerS: total.bytes / seconds / 1_000_000, requestBytes: operationSize.request,
      responseBytes: operationSize.response, p50Us: latencies.percentile(50),
      p90Us: latencies.percentile(90), p99Us: latencies.percentile(99),
      p999Us: latencies.percentile(99.9), maxUs: latencies.longest, cpuUsPerCall: each(total.calls),
      cpuUsPerOp: each(total.operations), firstError: total.firstError ?? "")
  }
}
