internal import ThinGRPCGuarding

/// The memory that all listings together may use for reading ahead of their clients.
final class ReadAheadBudget: Sendable {
  /// The limit in bytes: 128 listings at full speed, read by clients that never fall behind, take half of it.
  static let standardLimit = 32 * 1024 * 1024

  private let left: Guarded<Int>

  /// - Parameter limit: in bytes.
  init(limit: Int) {
    left = Guarded(limit)
  }

  /// What is left, in bytes.
  var available: Int { left.withLock { $0 } }

  /// Takes the bytes if they are there.
  func take(_ bytes: Int) -> Bool {
    left.withLock { left in
      guard left >= bytes else { return false }
      left -= bytes
      return true
    }
  }

  func giveBack(_ bytes: Int) {
    left.withLock { $0 += bytes }
  }
}
