import Foundation
import Testing

extension ProgramTests {
  /// `userctl` as a process, against a daemon.
  @Suite(.timeLimit(.minutes(5))) struct CommandTests {
    private var address: String { DaemonScope.address }

    private func userctl(_ arguments: String..., input: String = "") async throws -> Program.Result {
      try await Program.run("userctl", arguments, environment: ["USERCTL_ADDR": address], input: input)
    }

    private func json(_ line: some StringProtocol) throws -> [String: String] {
      try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
    }

    @Test("A user is created, read, changed, listed and deleted", DaemonScope())
    func life() async throws {
      let created = try await userctl(
        "create", "--email", "ada@example.org", "--name", "Ada", "--plan", "pro", "--json")
      #expect(created.status == 0 && created.errors.isEmpty)
      let user = try json(created.output)
      let id = try #require(user["id"])
      #expect(user["email"] == "ada@example.org" && user["name"] == "Ada" && user["plan"] == "USER_PLAN_PRO")

      #expect(try await userctl("get", id, "--json").output == created.output)
      let updated = try json(try await userctl("update", id, "--name", "Ada L.", "--json").output)
      #expect(
        updated["name"] == "Ada L." && updated["email"] == user["email"] && updated["plan"] == "USER_PLAN_PRO"
      )
      #expect(try await userctl("list", "--filter", "Ada").output.contains("Ada L."))
      #expect(try await userctl("list", "--filter", "Bob").output.isEmpty)
      #expect(try await userctl("delete", id).output == "deleted \(id)\n")
      let missing = try await userctl("get", id)
      #expect(missing.status == 5 && missing.output.isEmpty)
      #expect(
        missing.errors == """
          userctl: NOT_FOUND: User \(id) not found
            google.rpc.ResourceInfo resource_type: "userservice.User" resource_name: "\(id)"

          """)
    }

    @Test("The exit code tells the status of the call", DaemonScope())
    func exitCodes() async throws {
      func expect(_ status: Int32, _ arguments: String...) async throws {
        let result = try await Program.run("userctl", arguments, environment: ["USERCTL_ADDR": address])
        #expect(result.status == status, "\(arguments): \(result)")
      }
      try await expect(0, "create", "--email", "ada@example.org", "--name", "Ada")
      try await expect(6, "create", "--email", "ada@example.org", "--name", "Ada")
      try await expect(3, "create", "--email", "nonsense", "--name", "Ada")
      try await expect(14, "list", "--addr", "127.0.0.1:1")
      try await expect(4, "get", "1", "--timeout", "0.000001")
      try await expect(64, "get")
      try await expect(64, "list", "--limit", "-1")
      try await expect(64, "list", "--timeout", "0")
      try await expect(66, "import", "/no/such.csv")
      let invalid = try await userctl("create", "--email", "nonsense", "--name", "Ada")
      #expect(invalid.errors == "userctl: INVALID_ARGUMENT: email has no @\n  email: has no @\n")
    }

    @Test(
      "An import of more rows than one call carries is summed up, and run again finds them all there",
      DaemonScope())
    func importing() async throws {
      var text = "name,email,plan\r\n"
      for number in 0..<25_000 { text += "\"User, \(number)\",user\(number)@example.org,free\r\n" }
      text += "Bad,nonsense,free\r\nWorse,worse@example.org,gold\r\n"
      let folder = NSTemporaryDirectory() + "userctl-\(UUID().uuidString)"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(atPath: folder) }
      try text.write(toFile: folder + "/users.csv", atomically: true, encoding: .utf8)

      let first = try await userctl(
        "import", folder + "/users.csv", "--failures", folder + "/failures.ndjson")
      #expect(first.status == 65)
      #expect(first.output.hasSuffix("25000 created, 0 existing already, 2 refused\n"))
      #expect(first.output.contains("line 25002") && first.output.contains("email has no @"))
      #expect(!first.errors.contains("\u{1B}"), "there is no bar where there is no terminal")
      let failures = try String(contentsOfFile: folder + "/failures.ndjson", encoding: .utf8).split(
        separator: "\n")
      #expect(failures.count == 2)
      #expect(failures.first?.contains(#""line":25002"#) == true)

      let second = try await userctl("import", folder + "/users.csv")
      #expect(second.output.hasSuffix("0 created, 25000 existing already, 2 refused\n"))
      let listed = try await userctl("list", "--limit", "20001")
      #expect(listed.output.split(separator: "\n").count == 20_001)
    }

    @Test("NDJSON comes in on standard input as well", DaemonScope())
    func importingFromInput() async throws {
      let row = #"{"email": "ada@example.org", "name": "Ada", "plan": "USER_PLAN_FREE"}"#
      let result = try await userctl("import", "-", "--format", "ndjson", "--json", input: row)
      #expect(result.status == 0)
      #expect(result.output == #"{"created":1,"existing":0,"refused":0}"# + "\n")
    }

    @Test("A sync answers each line before it asks for the next one", DaemonScope())
    func syncing() async throws {
      let program = try Program("userctl", ["sync"], environment: ["USERCTL_ADDR": address])
      for number in 0..<5 {
        try program.write(
          #"{"id":"s\#(number)","email":"s\#(number)@example.org","name":"S","plan":"USER_PLAN_PRO"}"# + "\n")
        #expect(await program.line(startingWith: "ok       s\(number)") != nil)
      }
      try program.write(#"{"id":"none","delete":true}"# + "\n")
      try program.closeInput()
      let result = await program.result()
      #expect(result.status == 65 && result.errors == "userctl: 1 updates were refused\n")
      #expect(result.output.hasSuffix("NOT_FOUND  User none not found\n"))
    }

    @Test("A malformed line ends a sync after the lines before it", DaemonScope())
    func malformedSync() async throws {
      let result = try await userctl(
        "sync", input: #"{"id":"a","email":"a@b.co","name":"A","plan":"USER_PLAN_PRO"}"# + "\noops\n")
      #expect(result.status == 65 && result.output == "ok       a\n")
      #expect(result.errors.hasPrefix("userctl: line 2: "))
    }

    @Test("A reader that goes away ends a listing with 0 and in silence", DaemonScope())
    func brokenPipe() async throws {
      var rows = "email,name,plan\n"
      for number in 0..<20_000 { rows += "user\(number)@example.org,User,free\n" }
      #expect(try await userctl("import", "-", "--format", "csv", input: rows).status == 0)
      let program = try Program("userctl", ["list"], environment: ["USERCTL_ADDR": address])
      #expect(await program.line(startingWith: "0") != nil)
      program.closeOutput()
      let result = await program.result()
      #expect(result.status == 0 && result.errors.isEmpty, "\(result.status) \(result.errors)")
    }

    @Test("Ctrl-C ends a command that waits, with 130", DaemonScope())
    func interrupted() async throws {
      let program = try Program("userctl", ["sync"], environment: ["USERCTL_ADDR": address])
      try program.write(#"{"id":"1","email":"a@example.org","name":"A","plan":"USER_PLAN_PRO"}"# + "\n")
      #expect(await program.line(startingWith: "ok ") != nil)
      program.send(SIGINT)
      #expect(await program.result().status == 130)
    }
  }
}
