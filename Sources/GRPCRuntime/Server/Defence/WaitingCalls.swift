internal import Synchronization

/// How many calls of a server wait for their handler: those whose request is on its way, and those that no thread of the global pool has
/// taken yet.
///
/// What is served at once is never counted.
final class WaitingCalls: Sendable {
  private let count = Atomic<Int>(0)
  private let most: Int

  init(most: Int) {
    self.most = most
  }

  /// Counts a call that begins to wait; false if there are too many.
  func begin() -> Bool {
    if count.wrappingAdd(1, ordering: .relaxed).newValue <= most { return true }
    end()
    return false
  }

  func end() { count.wrappingSubtract(1, ordering: .relaxed) }

  static let problem = "Too many calls wait to be served"
}
