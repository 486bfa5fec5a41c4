import ArgumentParser
import Foundation
import Testing
import ThinGRPC
import ThinGRPCProtobuf
import UserProtos
import UserTable

@testable import rpcbench

@Suite("rpcbench")
struct LoadTests {
  /// Runs a short load against a server of `service` and returns its report.
  private func load(
    _ scenario: Scenario, _ arguments: [String] = [], service: any RPCService = TableService()
  ) async throws -> LoadReport {
    let server = try Server(listeningOn: ["127.0.0.1:0"], credentials: .insecure, services: [service])
    let command = try LoadCommand.parse(
      [
        "--addr", server.addresses[0], "--scenario", scenario.rawValue, "--duration-s", "2", "--warmup-s",
        "0.05",
      ]
        + arguments)
    let report = try await LoadRun(command).run()
    await server.shutdown()
    return report
  }

  @Test("Every scenario measures operations, without an error", arguments: Scenario.allCases)
  func scenarios(scenario: Scenario) async throws {
    let report = try await load(scenario, ["--page", "100"])
    #expect(report.errors == 0, "\(report.firstError)")
    #expect(report.ops > 0)
    #expect(report.p50Us > 0 && report.p50Us <= report.p99Us && report.p99Us <= report.maxUs)
    #expect(report.cpuUsPerOp > 0)
    // The bytes of whole messages. A slow run ends before it has come to the users with longer names: each of the
    // texts in the two messages of an operation, eight at most, is up to two bytes shorter there than in the mean.
    let bytesPerOperation = report.mbPerS * 1_000_000 / report.opsPerS
    #expect(abs(bytesPerOperation - report.requestBytes - report.responseBytes) < 16)
    #expect(report.requestBytes > 0 && report.responseBytes > 0)
  }

  @Test("Channels, threads and the default pool may be chosen")
  func spread() async throws {
    let report = try await load(.unaryLoad, ["--channels", "3", "--threads", "2", "--default-pool"])
    #expect(report.errors == 0)
    #expect(report.channels == 3 && report.threads == 2 && report.concurrency == 32)
  }

  @Test("A number of calls ends the run, and all of them count", arguments: Scenario.allCases)
  func numberOfCalls(scenario: Scenario) async throws {
    // What is asked for is far less than there is time for.
    let report = try await load(
      scenario, ["--calls", "70", "--page", "3", "--concurrency", "4", "--duration-s", "600"])
    #expect(report.errors == 0, "\(report.firstError)")
    #expect(report.ops == (scenario == .list ? 210 : 70))
    #expect(report.seconds < 600 && report.cpuUsPerOp > 0)
  }

  @Test("An open loop keeps to its rate, and counts the wait of calls that start late")
  func openLoop() async throws {
    var slow = DelayedService()
    slow.delay = .milliseconds(20)
    // One call at a time, 20 ms each, but 200 a second are due: the later a call is due, the longer it waits.
    let report = try await load(.unaryPingpong, ["--rate", "200", "--duration-s", "0.6"], service: slow)
    #expect(report.errors == 0)
    #expect(report.p90Us > 100_000)
  }

  @Test("A wrong reply is an error, whatever the scenario", arguments: Scenario.allCases)
  func wrongReplies(scenario: Scenario) async throws {
    let report = try await load(scenario, ["--page", "10"], service: WrongService())
    #expect(report.errors > 0)
    #expect(!report.firstError.isEmpty)
    #expect(report.ops == 0)
  }

  @Test("The JSON line has the keys that harnesses read")
  func json() async throws {
    let report = try await load(.unaryPingpong)
    let object = try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any]
    let keys = [
      "client", "scenario", "concurrency", "channels", "threads", "seconds", "calls", "msgs", "ops", "errors",
      "calls_per_s", "msgs_per_s", "ops_per_s", "mb_per_s", "p50_us", "p90_us", "p99_us", "p999_us",
      "cpu_us_per_call", "cpu_us_per_op", "first_error", "request_bytes", "response_bytes",
    ]
    for key in keys { #expect(object?[key] != nil, "\(key) is missing") }
  }

  @Test("The bytes of an operation are those of its encoded messages")
  func sizes() async throws {
    var report = try await load(.unaryPingpong)
    // 10 ids have 6 characters, 90 have 7, 900 have 8: 7,890 in all; beside them a byte for the field's number and one for the length.
    let mean: Double = 2.0 + 7_890.0 / 1_000.0
    #expect(abs(report.requestBytes - mean) < 0.001)
    let user = try UserTable.user(7).encoded().byteCount
    #expect(report.responseBytes > Double(user) && report.responseBytes < Double(user) + 10)
    report = try await load(.bytes, ["--size", "1000"])
    #expect(report.requestBytes > 1_000 && report.requestBytes < 1_100)
  }

  @Test(
    "Senseless options are refused",
    arguments: [
      ["--concurrency", "0"], ["--duration-s", "0"], ["--rate", "5", "--scenario", "list"],
      ["--scenario", "x"], ["--calls", "31", "--scenario", "unary-load"], ["--calls", "0"],
    ])
  func badOptions(arguments: [String]) {
    #expect(throws: (any Error).self) { try LoadCommand.parse(arguments) }
  }
}

/// The table behind a wait.
private struct DelayedService: RPCService {
  var delay = Duration.zero

  var rpcMethods: [RPCMethod] {
    [
      .unary(UserServiceMethods.getUser) { (request: GetUserRequest, context: ServerContext) in
        try await Task.sleep(for: delay)
        return try await TableService().getUser(request, context: context)
      }
    ]
  }
}

/// Answers everything, and nothing right.
private struct WrongService: RPCService {
  var rpcMethods: [RPCMethod] {
    [
      .unary(UserServiceMethods.getUser) { (_: GetUserRequest, _: ServerContext) in User() },
      .serverStreaming(UserServiceMethods.listUsers) {
        (request: ListUsersRequest, responses: ResponseWriter<User>, _: ServerContext) in
        for _ in 0..<request.pageSize { try await responses.write(User()) }
      },
      .bidirectionalStreaming(UserServiceMethods.syncUsers) {
        (requests: RequestStream<UserUpdate>, responses: ResponseWriter<SyncResult>, _: ServerContext) in
        for try await _ in requests { try await responses.write(SyncResult()) }
      },
      .unary(UserServiceMethods.createUser) { (_: CreateUserRequest, _: ServerContext) in User() },
    ]
  }
}
