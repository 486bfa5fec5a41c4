import GRPCRuntime
import Testing
import ThinGRPC

@Suite("Limits of a server")
struct ServerLimitTests {
  @Test(
    "Calls over the limit of a server are UNAVAILABLE at once, over all connections, and the others go on")
  func callsInProgress() async throws {
    let started = Shared(0)
    let cancelled = Shared(0)
    var configuration = ServerConfiguration()
    configuration.maxCallsInProgress = 3
    try await withEcho(.waiting(started, cancelled), server: configuration) { client, _ in
      let waiting = (0..<3).map { _ in Task { try? await client.unary("wait") } }
      while started.value < 3 { try await Task.sleep(for: .milliseconds(5)) }
      for _ in 0..<5 {
        let unary = await rpcError { try await client.unary("more") }
        #expect(unary?.code == .unavailable)
        let stream = await rpcError { try await client.collect(texts(["more"])) }
        #expect(stream?.code == .unavailable)
      }
      #expect(started.value == 3)
      for task in waiting { task.cancel() }
      for task in waiting { _ = await task.value }
      while cancelled.value < 3 { try await Task.sleep(for: .milliseconds(5)) }
      // There is room again.
      let again = Task { try? await client.unary("wait") }
      while started.value < 4 { try await Task.sleep(for: .milliseconds(5)) }
      again.cancel()
      _ = await again.value
    }
  }

  @Test("A client that makes one call after the other never has two in progress", arguments: [false, true])
  func oneAfterTheOther(onGlobalPool: Bool) async throws {
    var configuration = ServerConfiguration()
    configuration.maxCallsInProgress = 1
    if onGlobalPool { configuration.handlerExecution = .onGlobalPool }
    try await withEcho(server: configuration) { client, server in
      for _ in 0..<100 {
        try await expectEqual(client.unary("a"), "a")
        #expect(server.runningHandlerCount == 0)
        try await expectEqual(client.collect(texts(["a", "b"])), "a,b")
        #expect(server.runningHandlerCount == 0)
        try await #expect(client.expand("20").collected().count == 20)
        #expect(server.runningHandlerCount == 0)
        try await #expect(client.chat(texts(["a", "b"])).collected().count == 2)
        #expect(server.runningHandlerCount == 0)
      }
    }
  }

  @Test(
    "A server with a limit to the time of a request serves all kinds of calls, and refuses too large messages as ever"
  )
  func requestTime() async throws {
    var configuration = ServerConfiguration()
    configuration.maxRequestTime = .seconds(30)
    try await withEcho(server: configuration) { client, _ in
      for size in [0, 1, 100, 70_000, 4 << 20] {
        let text = Text(String(repeating: "x", count: size))
        try await expectEqual(client.unary(text), text)
      }
      try await expectEqual(client.collect(texts(["a", "b"])), "a,b")
      let error = await rpcError { try await client.unary(Text(String(repeating: "x", count: 4 << 20 + 1))) }
      #expect(error?.code == .resourceExhausted)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<200 {
          group.addTask { try await expectEqual(client.unary(Text("\(number)")), Text("\(number)")) }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test("The memory of a process is its lowest control group's limit, of either version")
  func groupLimits() {
    func limit(_ files: [String: String]) -> Int? { SystemMemory.groupLimit { files[$0] } }
    #expect(limit([:]) == nil)
    #expect(limit(["/proc/self/cgroup": "0::/a/b\n", "/sys/fs/cgroup/a/b/memory.max": "max\n"]) == nil)
    #expect(
      limit([
        "/proc/self/cgroup": "0::/a/b\n", "/sys/fs/cgroup/a/b/memory.max": "max\n",
        "/sys/fs/cgroup/a/memory.max": "1048576\n",
      ]) == 1_048_576)
    #expect(
      limit([
        "/proc/self/cgroup": "9:name=systemd:/\n4:cpu,memory:/x/y\n0::/\n",
        "/sys/fs/cgroup/memory/x/y/memory.limit_in_bytes": "9223372036854771712\n",
        "/sys/fs/cgroup/memory/x/memory.limit_in_bytes": "2000\n",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes": "3000\n",
      ]) == 2_000)
    // A container's own group is the root of what it sees.
    #expect(
      limit(["/proc/self/cgroup": "0::/docker/123\n", "/sys/fs/cgroup/memory.max": "4096"]) == 4_096)
    #expect(limit(["/proc/self/cgroup": "garbage\n:::\n0::\n", "/sys/fs/cgroup/memory.max": "7"]) == 7)
    #expect(ServerConfiguration.defaultMemoryQuotaBytes > 1 << 20)
  }
}
