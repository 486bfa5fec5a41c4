import Foundation
import Testing

extension ProgramTests {
  @Suite(.disabled(if: isSanitized, "A sanitizer has a heap of its own")) struct FreedMemoryTests {
    @Test("Large messages are made of memory that the heap has kept, unless the operator has it otherwise")
    func largeMessages() async throws {
      let faults = try await faultsForEachMessage(environment: [:])
      #expect(faults < 100)
      // A message of 1 MiB has 256 pages.
      let faultsOtherwise = try await faultsForEachMessage(environment: ["MALLOC_TRIM_THRESHOLD_": "131072"])
      #expect(faultsOtherwise > 256)
    }

    /// The page faults of a server for each round trip with 1 MiB.
    private func faultsForEachMessage(environment: [String: String]) async throws -> Int {
      let server = try Program(
        "rpcbench", ["serve", "--listen", "127.0.0.1:0", "--queues", "1"], environment: environment)
      let line = try #require(await server.line(startingWith: "listening on "))
      func send(_ count: Int) async throws {
        let load = try await Program.run(
          "rpcbench",
          [
            "load", "--addr", String(line.dropFirst("listening on ".count)), "--scenario", "bytes",
            "--size", "1048576", "--calls", "\(count)", "--duration-s", "120",
          ])
        #expect(load.status == 0, "\(load.errors)")
      }
      try await send(50)
      let before = try server.pageFaultCount
      try await send(100)
      let faults = try server.pageFaultCount - before
      server.send(SIGTERM)
      _ = await server.result()
      return faults / 100
    }
  }
}

extension Program {
  /// The page faults so far that needed no reading from disk.
  fileprivate var pageFaultCount: Int {
    get throws {
      let stat = try String(contentsOfFile: "/proc/\(processIdentifier)/stat", encoding: .utf8)
      // The name in parentheses may have spaces; behind it minflt is the eighth.
      let fields = try #require(stat.split(separator: ")").last).split(separator: " ")
      return try #require(Int(fields[7]))
    }
  }
}
