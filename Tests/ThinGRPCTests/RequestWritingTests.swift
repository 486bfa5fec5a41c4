import Testing
import ThinGRPC

@Suite("Calls whose caller writes the requests")
struct RequestWritingTests {
  private struct OwnError: Error, Equatable {}

  enum Place: Sendable, CaseIterable { case onTheExecutor, elsewhere }

  /// Runs `body` on the channel's executor or in the default pool.
  private func run(_ place: Place, on client: EchoClient, _ body: @Sendable @escaping () async throws -> Void)
    async throws
  {
    try await Task(executorPreference: place == .onTheExecutor ? client.channel.executor : nil) {
      try await body()
    }.value
  }

  @Test(
    "A conversation goes in turns, and its result is the closure's", .timeLimit(.minutes(5)),
    arguments: Place.allCases)
  func turns(_ place: Place) async throws {
    try await withEcho { client, _ in
      try await run(place, on: client) {
        let answers = try await client.chat { requests, responses in
          var answers: [String] = []
          for index in 0..<500 {
            try await requests.write(Text("\(index)"))
            answers.append(try await responses.next()?.value ?? "none")
          }
          return answers
        }
        #expect(answers == (0..<500).map { "\($0)" })
      }
    }
  }

  @Test(
    "Requests are written while responses are read, and ended before the closure",
    .timeLimit(.minutes(5)), arguments: Place.allCases)
  func bothWays(_ place: Place) async throws {
    try await withEcho { client, _ in
      try await run(place, on: client) {
        try await client.chat { requests, responses in
          async let writing: Void = {
            for index in 0..<5_000 { try await requests.write(Text("\(index)")) }
            try await requests.finish()
            try await requests.finish()
          }()
          var received = 0
          for try await response in responses {
            #expect(response.value == "\(received)")
            received += 1
          }
          try await writing
          #expect(received == 5_000)
          expectEqual(try await responses.next(), nil)
        }
      }
    }
  }

  @Test(
    "Written requests have one response", .timeLimit(.minutes(5)), arguments: Place.allCases)
  func collecting(_ place: Place) async throws {
    try await withEcho { client, _ in
      try await run(place, on: client) {
        let all = try await client.collect { requests in
          for index in 0..<1_000 { try await requests.write(Text("\(index)")) }
        }
        #expect(all.value == (0..<1_000).map { "\($0)" }.joined(separator: ","))
        expectEqual(try await client.collect { _ in }, "")
      }
    }
  }

  @Test(
    "A call that the server ends throws its status, whatever the closure was about to write",
    .timeLimit(.minutes(5)), arguments: Place.allCases)
  func status(_ place: Place) async throws {
    var service = EchoService()
    service.onChat = { requests, _, _ in
      for try await request in requests where request == "10" { throw RPCError(.aborted, "enough") }
    }
    service.onCollect = { requests, _ in
      for try await request in requests where request == "10" { throw RPCError(.aborted, "enough") }
      return ""
    }
    try await withEcho(service) { client, _ in
      try await run(place, on: client) {
        let write = { (requests: RequestWriter<Text>) async throws in
          for index in 0... { try await requests.write(Text("\(index)")) }
        }
        let chatting = await rpcError { try await client.chat { requests, _ in try await write(requests) } }
        #expect(chatting?.code == .aborted && chatting?.message == "enough")
        let collecting = await rpcError { try await client.collect(write) }
        #expect(collecting?.code == .aborted && collecting?.message == "enough")
        let reading = await rpcError {
          try await client.chat { requests, responses in
            try await requests.write("10")
            return try await responses.next()
          }
        }
        #expect(reading?.code == .aborted && reading?.message == "enough")
      }
    }
  }

  @Test("A response that comes before the last request is the call's", .timeLimit(.minutes(5)))
  func earlyResponse() async throws {
    var service = EchoService()
    service.onCollect = { requests, _ in
      for try await request in requests { return request }
      return "none"
    }
    try await withEcho(service) { client, _ in
      let response = try await client.collect { requests in
        for index in 0... { try await requests.write(Text("\(index)")) }
      }
      #expect(response == "0")
    }
  }

  @Test("An error of the closure cancels the call and is thrown", .timeLimit(.minutes(5)))
  func ownErrors() async throws {
    let (started, cancelled) = (Shared(0), Shared(0))
    try await withEcho(.waiting(started, cancelled)) { client, _ in
      await #expect(throws: OwnError()) {
        try await client.chat { requests, responses in
          try await requests.write("first")
          #expect(try await responses.next() == "first")
          try await requests.finish()
          #expect(await eventually { started.value == 1 })
          throw OwnError()
        }
      }
      await #expect(throws: OwnError()) {
        try await client.collect { _ in
          #expect(await eventually { started.value == 2 })
          throw OwnError()
        }
      }
      #expect(await eventually { cancelled.value == 2 })
    }
  }

  @Test("What a loop over the responses has left, the next one reads", .timeLimit(.minutes(5)))
  func leftLoops() async throws {
    try await withEcho { client, _ in
      try await client.chat { requests, responses in
        for value in ["0", "1", "2"] { try await requests.write(Text(value)) }
        for try await response in responses {
          #expect(response == "0")
          break
        }
        try await requests.finish()
        #expect(try await responses.collected() == ["1", "2"])
      }
    }
  }

  @Test("Responses that the closure does not read end with it", .timeLimit(.minutes(5)))
  func unreadResponses() async throws {
    let isOver = Shared(false)
    var service = EchoService()
    service.onChat = { _, responses, _ in
      defer { isOver.value = true }
      for index in 0... { try await responses.write(Text("\(index)")) }
    }
    try await withEcho(service) { client, _ in
      let first = try await client.chat { _, responses in try await responses.next() }
      #expect(first == "0")
      #expect(await eventually { isOver.value })
    }
  }

  @Test(
    "A request after the end, and one that has no encoding, are errors of the caller", .timeLimit(.minutes(5))
  )
  func wrongWrites() async throws {
    try await withEcho { client, _ in
      let late = await rpcError {
        try await client.chat { requests, _ in
          try await requests.finish()
          try await requests.write("late")
        }
      }
      #expect(
        late?.code == .internalError && late?.message == "A request was written after the end of the requests"
      )
      let unencodable = await rpcError { try await client.collect { try await $0.write("unencodable") } }
      #expect(unencodable?.code == .internalError && unencodable?.message == "The text has no encoding")
    }
  }

  @Test("A writer is held up while the server does not read", .timeLimit(.minutes(5)))
  func backPressure() async throws {
    let large = Text(String(repeating: "x", count: 1_000_000))
    let mayRead = Shared(false)
    var service = EchoService()
    service.onCollect = { requests, _ in
      #expect(await eventually { mayRead.value })
      var count = 0
      for try await _ in requests { count += 1 }
      return Text("\(count)")
    }
    try await withEcho(service) { client, _ in
      let written = Shared(0)
      async let response = client.collect(options: .timeout(.seconds(240))) { requests in
        for _ in 0..<200 {
          try await requests.write(large)
          written.update { $0 += 1 }
        }
      }
      try await Task.sleep(for: .milliseconds(500))
      #expect(written.value < 100)
      mayRead.value = true
      #expect(try await response == "200")
    }
  }

  @Test(
    "A cancelled task ends its call wherever it waits, and the handler's", .timeLimit(.minutes(5)),
    arguments: Place.allCases)
  func cancellation(_ place: Place) async throws {
    let (started, cancelled) = (Shared(0), Shared(0))
    try await withEcho(.waiting(started, cancelled)) { client, _ in
      let executor = place == .onTheExecutor ? client.channel.executor : nil
      let reading = Task(executorPreference: executor) {
        try await client.chat { requests, responses in
          try await requests.finish()
          return try await responses.next()
        }
      }
      let writing = Task(executorPreference: executor) {
        try await client.collect { requests in
          while true { try await requests.write(Text(String(repeating: "x", count: 100_000))) }
        }
      }
      #expect(await eventually { started.value == 2 })
      reading.cancel()
      writing.cancel()
      #expect(await rpcError { try await reading.value }?.code == .cancelled)
      #expect(await rpcError { try await writing.value }?.code == .cancelled)
      #expect(await eventually { cancelled.value == 2 })
    }
  }

  @Test("A deadline ends a conversation, and a call to nobody fails in it", .timeLimit(.minutes(5)))
  func failures() async throws {
    try await withEcho(.waiting(Shared(0), Shared(0))) { client, server in
      let late = await rpcError {
        try await client.chat(options: .timeout(.milliseconds(100))) { _, responses in
          try await responses.next()
        }
      }
      #expect(late?.code == .deadlineExceeded)
      await server.shutdown()
      let unreachable = await rpcError {
        try await client.chat(options: .timeout(.seconds(60))) { requests, responses in
          try await requests.write("first")
          return try await responses.next()
        }
      }
      #expect(unreachable?.code == .unavailable)
    }
  }

  @Test(
    "The closure runs where the caller does, and may change what is the caller's", .timeLimit(.minutes(5)))
  @MainActor func isolation() async throws {
    var received: [Text] = []
    try await withEcho { client, _ in
      try await client.chat { requests, responses in
        MainActor.assertIsolated()
        try await requests.write("first")
        if let response = try await responses.next() { received.append(response) }
        MainActor.assertIsolated()
      }
    }
    #expect(received == ["first"])
  }
}
