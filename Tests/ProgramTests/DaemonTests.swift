import Foundation
import Testing

extension ProgramTests {
  /// The daemon as a process, called by `userctl`.
  @Suite(.timeLimit(.minutes(5))) struct DaemonTests {
    private func daemon(
      _ arguments: [String] = ["--store", ":memory:"], environment: [String: String] = [:]
    ) async throws -> (program: Program, address: String) {
      let program = try Program("userd", ["--listen", "127.0.0.1:0"] + arguments, environment: environment)
      let line = try #require(await program.line(startingWith: "listening on "))
      return (program, String(line.dropFirst("listening on ".count)))
    }

    private func users(_ arguments: String..., at address: String) async throws -> Program.Result {
      try await Program.run("userctl", ["--addr", address] + arguments)
    }

    @Test(
      "SIGTERM and SIGINT end it with 0, and what it stored is there the next time",
      arguments: [SIGTERM, SIGINT])
    func restart(signal: Int32) async throws {
      let path = NSTemporaryDirectory() + "userd-\(UUID().uuidString).sqlite"
      defer {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
      }
      let (first, address) = try await daemon(["--store", path])
      #expect(
        try await users("create", "--email", "ada@example.org", "--name", "Ada", at: address).status == 0)
      first.send(signal)
      #expect(await first.result().status == 0)

      let (second, newAddress) = try await daemon(["--store", path])
      #expect(try await users("list", at: newAddress).output.contains("ada@example.org"))
      second.send(signal)
      #expect(await second.result().status == 0)
    }

    @Test("A port and a socket that are in use are one clear line and exit code 69")
    func addressInUse() async throws {
      let socket = "unix:" + NSTemporaryDirectory() + "userd-\(UUID().uuidString.prefix(8))"
      let (first, address) = try await daemon(["--listen", socket, "--store", ":memory:"])
      for taken in [address, socket] {
        let second = try await Program.run("userd", ["--listen", taken, "--store", ":memory:"])
        #expect(second.status == 69)
        #expect(second.output.isEmpty)
        #expect(second.errors.hasPrefix("userd: ") && second.errors.contains("in use"))
        #expect(second.errors.split(separator: "\n").count == 1)
      }
      #expect(try await users("list", at: socket).status == 0)
      first.send(SIGTERM)
      #expect(await first.result().status == 0)
    }

    @Test("A store that cannot be read is one clear line and exit code 74")
    func unreadableStore() async throws {
      let result = try await Program.run(
        "userd", ["--listen", "127.0.0.1:0", "--store", "/proc/no/users.sqlite"])
      #expect(result.status == 74)
      #expect(result.errors.hasPrefix("userd: cannot open the store /proc/no/users.sqlite: "))
      #expect(result.errors.split(separator: "\n").count == 1)
    }

    @Test("A bad flag, or a bad variable, is exit code 64")
    func badUsage() async throws {
      #expect(try await Program.run("userd", ["--no-such-flag"]).status == 64)
      #expect(try await Program.run("userd", ["--grace-seconds", "-1"]).status == 64)
      let variable = try await Program.run("userd", [], environment: ["USERD_LOG_LEVEL": "loud"])
      #expect(variable.status == 64 && variable.errors.contains("loud"))
    }

    @Test("The environment gives what the command line does not")
    func environment() async throws {
      let program = try Program(
        "userd", [], environment: ["USERD_LISTEN": "127.0.0.1:0,127.0.0.1:0", "USERD_STORE": ":memory:"])
      #expect(await program.line(startingWith: "listening on 127.0.0.1:") != nil)
      program.send(SIGTERM)
      let result = await program.result()
      #expect(result.status == 0)
      #expect(result.output.split(separator: "\n").count == 2)
    }

    @Test("The log has a line for each call at debug, and nothing of users at info")
    func logging() async throws {
      for level in ["debug", "info"] {
        let (program, address) = try await daemon(
          ["--store", ":memory:", "--log-format", "json", "--log-level", level])
        for _ in 0..<2 {
          _ = try await users("create", "--email", "ada@example.org", "--name", "Ada", at: address)
        }
        program.send(SIGTERM)
        let errors = await program.result().errors
        let calls = errors.split(separator: "\n").filter {
          $0.contains("/userservice.UserService/CreateUser")
        }
        #expect(calls.count == (level == "debug" ? 2 : 0))
        if level == "debug" { #expect(calls.last?.contains(#""code":"ALREADY_EXISTS""#) == true) }
        #expect(!errors.contains("ada@") && !errors.contains("Ada"))
      }
    }

    @Test("Calls in progress go on after a signal, and a second one cancels them")
    func drain() async throws {
      let (program, address) = try await daemon(["--store", ":memory:", "--grace-seconds", "60"])
      let client = try Program("userctl", ["--addr", address, "sync"])
      try client.write(#"{"id":"1","email":"a@example.org","name":"A","plan":"USER_PLAN_PRO"}"# + "\n")
      #expect(await client.line(startingWith: "ok ") != nil)
      program.send(SIGTERM)
      // Two signals that come before the first one is taken are one.
      #expect(await program.errorLine(endingWith: "draining") != nil)
      try client.write(#"{"id":"2","email":"b@example.org","name":"B","plan":"USER_PLAN_PRO"}"# + "\n")
      #expect(await client.line(startingWith: "ok       2") != nil)
      #expect(program.isRunning)
      program.send(SIGTERM)
      #expect(await program.result().status == 0)
      let result = await client.result()
      #expect((1...16).contains(result.status), "\(result)")
    }

    @Test("Drained calls that end let it end, long before the grace period is over")
    func drainedEarly() async throws {
      let (program, address) = try await daemon(["--store", ":memory:", "--grace-seconds", "3600"])
      let client = try Program("userctl", ["--addr", address, "sync"])
      try client.write(#"{"id":"1","email":"a@example.org","name":"A","plan":"USER_PLAN_PRO"}"# + "\n")
      #expect(await client.line(startingWith: "ok ") != nil)
      program.send(SIGINT)
      try client.closeInput()
      #expect(await client.result().status == 0)
      #expect(await program.result().status == 0)
    }
  }
}
