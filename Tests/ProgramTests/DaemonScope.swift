import Foundation
import Testing

/// Runs a test against a daemon of its own, which has ended when the test has.
struct DaemonScope: TestTrait, TestScoping {
  /// Where the daemon of the current test listens.
  @TaskLocal static var address = ""

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    let daemon = try Program(
      "userd", ["--listen", "127.0.0.1:0", "--store", ":memory:", "--grace-seconds", "0"])
    let prefix = "listening on "
    let line = try #require(await daemon.line(startingWith: prefix))
    let result: Result<Void, any Error>
    do {
      result = .success(
        try await Self.$address.withValue(String(line.dropFirst(prefix.count))) { try await function() })
    } catch {
      result = .failure(error)
    }
    daemon.send(SIGTERM)
    #expect(await daemon.result().status == 0)
    try result.get()
  }
}
