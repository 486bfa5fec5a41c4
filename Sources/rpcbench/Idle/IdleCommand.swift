internal import ArgumentParser
internal import ConsoleProgram
internal import Foundation
internal import ThinGRPC

struct IdleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "idle", abstract: "Holds streams open that do nothing, so that their memory can be seen.",
    discussion: """
      Opens SyncUsers streams, proves each with one round trip, prints `holding N streams`, and holds them until standard \
      input ends. Then it ends the streams and reports.
      """)

  private static let streamCounts = NumberRange(0...1_000_000)
  private static let channelCounts = NumberRange(1...10_000)

  @Option(help: ArgumentHelp("The server: HOST:PORT or unix:PATH.", valueName: "address"))
  var addr = "127.0.0.1:50051"

  @Option(help: "How many streams, \(streamCounts); by default 1000.", transform: streamCounts.parse)
  var streams = 1_000

  @Option(
    help: "How many connections they are spread over, \(channelCounts); by default 1.",
    transform: channelCounts.parse)
  var channels = 1

  @Flag(help: "Print one line of JSON at the end.")
  var json = false

  func run() async throws {
    OpenFiles.raiseLimit()
    let report = try await IdleStreams(address: addr, count: streams, channelCount: channels).hold {
      announce("holding \(streams) streams")
      await standardInputEnds()
    }
    try printResult(json ? report.json : report.text)
    if report.errors > 0 { throw ExitCode(70) }
  }
}

/// Waits until nobody can write to standard input any more.
private func standardInputEnds() async {
  await withCheckedContinuation { continuation in
    // A thread, not a queue's worker: it waits in read for as long as the streams are held.
    Thread.detachNewThread {
      while let data = try? FileHandle.standardInput.read(upToCount: 4_096), !data.isEmpty {}
      continuation.resume()
    }
  }
}
