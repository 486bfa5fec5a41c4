import ArgumentParser
import Testing
import ThinGRPC

@testable import rpcbench

@Suite("rpcbench idle")
struct IdleTests {
  @Test("Every stream is open, and none has ended, while they are held")
  func holds() async throws {
    let server = try Server(listeningOn: ["127.0.0.1:0"], credentials: .insecure, services: [TableService()])
    var wasHeld = false
    let streams = try IdleStreams(address: server.addresses[0], count: 150, channelCount: 3)
    let report = await streams.hold { wasHeld = true }
    await server.shutdown()
    #expect(wasHeld)
    #expect(report.errors == 0, "\(report.firstError)")
    #expect(report.streams == 150 && report.channels == 3)
  }

  @Test("No stream at all is held as well")
  func none() async throws {
    let report = try await IdleStreams(address: "127.0.0.1:1", count: 0, channelCount: 1).hold {}
    #expect(report.errors == 0)
  }

  @Test("A server that cannot be reached is an error, and nothing is held")
  func unreachable() async throws {
    var wasHeld = false
    let streams = try IdleStreams(address: "127.0.0.1:1", count: 2, channelCount: 1)
    let report = await streams.hold { wasHeld = true }
    #expect(!wasHeld)
    #expect(report.errors == 2)
    #expect(!report.firstError.isEmpty)
  }

  @Test("Senseless options are refused", arguments: [["--streams", "-1"], ["--channels", "0"]])
  func badOptions(arguments: [String]) {
    #expect(throws: (any Error).self) { try IdleCommand.parse(arguments) }
  }
}
