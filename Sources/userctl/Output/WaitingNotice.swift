internal import ConsoleProgram
internal import Foundation
internal import Glibc
internal import Synchronization

/// Says on standard error that nothing comes, where that is a terminal: after 5 seconds of silence, then each time that the
/// silence has doubled.
final class WaitingNotice: Sendable {
  /// How much has been asked of the server that it has not answered.
  private let outstanding: Atomic<Int>
  /// How much is being written.
  private let writing = Atomic(0)
  /// Changes with everything that comes or goes.
  private let progress = Atomic(0)
  /// Takes away what stands on the terminal's line.
  private let clearLine: @Sendable () -> Void

  /// - Parameters:
  ///   - waitsForServer: whether something has been asked of the server from the start.
  ///   - clearLine: takes away what stands on the terminal's line.
  init(waitsForServer: Bool = true, clearLine: @escaping @Sendable () -> Void = {}) {
    outstanding = Atomic(waitsForServer ? 1 : 0)
    self.clearLine = clearLine
  }

  /// Something was asked of the server.
  func ask() {
    outstanding.add(1, ordering: .relaxed)
    advance()
  }

  /// The server has answered something.
  func answer() {
    outstanding.subtract(1, ordering: .relaxed)
    advance()
  }

  /// Something came that is not the end of an answer.
  func advance() { progress.add(1, ordering: .relaxed) }

  /// Writes output. While that waits for its reader nothing else is waited for.
  func write(_ output: () throws -> Void) rethrows {
    writing.add(1, ordering: .relaxed)
    defer {
      writing.subtract(1, ordering: .relaxed)
      advance()
    }
    try output()
  }

  /// Watches for silence until its task is cancelled.
  func run(server: String) async {
    guard isatty(STDERR_FILENO) == 1 else { return }
    var silence = Silence(since: .now)
    while !Task.isCancelled {
      do { try await Task.sleep(for: .seconds(1)) } catch { return }
      if writing.load(ordering: .relaxed) > 0 { advance() }
      let progress = progress.load(ordering: .relaxed)
      guard let seconds = silence.secondsToTell(progress: progress, now: .now) else { continue }
      let waitsForServer = outstanding.load(ordering: .relaxed) > 0
      let cause = waitsForServer ? "nothing has come from \(server)" : "no input has come"
      clearLine()
      try? FileHandle.standardError.writeAll(
        "userctl: \(cause.escapedForTerminal) for \(seconds) s, still waiting; Ctrl-C ends it\n".utf8)
    }
  }
}

/// When to speak of a silence.
struct Silence {
  private static let first = 5

  private var progress = 0
  private var begin: ContinuousClock.Instant
  private var next = first

  init(since begin: ContinuousClock.Instant) {
    self.begin = begin
  }

  /// How long it has been silent, where that is to be told now.
  ///
  /// - Parameter progress: changes with everything that comes or goes.
  mutating func secondsToTell(progress: Int, now: ContinuousClock.Instant) -> Int? {
    if progress != self.progress {
      self = Silence(since: now)
      self.progress = progress
    }
    let seconds = Int((now - begin) / .seconds(1))
    guard seconds >= next else { return nil }
    while next <= seconds { next *= 2 }
    return seconds
  }
}
