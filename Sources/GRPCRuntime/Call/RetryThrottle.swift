internal import Synchronization

/// The tokens that calls are made again for: each failure takes one, each success gives a part of one back.
///
/// As the core counts them, and in its thousandths of a token (retry_throttle.cc).
package final class RetryThrottle: Sendable {
  private let milliTokens: Atomic<Int>
  private let most: Int
  private let ratio: Int

  /// - Parameters:
  ///   - maxTokens: how many there are at first, and at most.
  ///   - milliTokenRatio: what a success gives back, in thousandths of a token.
  package init(maxTokens: Int, milliTokenRatio: Int) {
    most = maxTokens * 1000
    ratio = milliTokenRatio
    milliTokens = Atomic(maxTokens * 1000)
  }

  /// Whether calls may be made again: while more than half of the tokens are there.
  package var allowsAttempts: Bool { milliTokens.load(ordering: .relaxed) > most / 2 }

  func recordSuccess() { add(ratio) }

  func recordFailure() { add(-1000) }

  private func add(_ change: Int) {
    var current = milliTokens.load(ordering: .relaxed)
    while true {
      let (exchanged, original) = milliTokens.weakCompareExchange(
        expected: current, desired: min(most, max(0, current + change)), ordering: .relaxed)
      if exchanged { return }
      current = original
    }
  }
}
