internal import Synchronization
internal import ThinGRPCGuarding

/// How many handlers of a server run, have begun, or may still begin.
///
/// All three lie in one word, so that a reader sees them as they were at one moment, and a call changes them three times.
final class HandlerCount: Sendable {
  private let word = Atomic<UInt64>(0)
  private let waiting = Guarded<[CheckedContinuation<Void, Never>]>([])

  /// Handlers that have begun and not returned.
  private static let running: UInt64 = 1
  /// Requests for calls that are posted, and calls that are accepted but whose handler has not begun.
  private static let pending: UInt64 = 1 << 24
  /// Handlers that have begun, without those before the last time that this came round to 0.
  private static let begun: UInt64 = 1 << 48

  var runningCount: Int { Int(word.load(ordering: .relaxed) % Self.pending) }

  /// Differs from an earlier one if handlers have begun since, unless it was exactly a multiple of 65,536.
  var begunMark: Int { Int(word.load(ordering: .relaxed) / Self.begun) }

  func didPost() { word.wrappingAdd(Self.pending, ordering: .relaxed) }

  func didBegin() {
    word.wrappingAdd(Self.begun &- Self.pending &+ Self.running, ordering: .relaxed)
  }

  /// A posted request or an accepted call comes to an end without a handler.
  func didTurnAway() { subtract(Self.pending) }

  func didEnd() { subtract(Self.running) }

  private func subtract(_ part: UInt64) {
    if isOver(word.wrappingSubtract(part, ordering: .acquiringAndReleasing).newValue) { resumeWaiting() }
  }

  /// No handler runs, and none can begin: requests are posted for as long as the server serves.
  private func isOver(_ word: UInt64) -> Bool { word % Self.begun == 0 }

  private func resumeWaiting() {
    let continuations = waiting.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
    for continuation in continuations { continuation.resume() }
  }

  /// Returns when no handler runs and none can begin. After the server's shutdown.
  nonisolated(nonsending) func waitUntilOver() async {
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      // Whoever makes it 0 takes the lock after that.
      let isWaiting = waiting.withLock { waiting in
        if isOver(word.load(ordering: .acquiring)) { return false }
        waiting.append(continuation)
        return true
      }
      if !isWaiting { continuation.resume() }
    }
  }
}
