internal import ThinGRPC

// Memory beside the arena that its budget bounds too: that of values which are larger than their images.

extension Arena {
  /// Counts memory beside the arena as a part of the budget. Where that is spent, the decoding fails.
  ///
  /// - Returns: whether the memory may be taken.
  mutating func charge(_ byteCount: Int) -> Bool {
    if unsafe hasFailed { return false }
    guard unsafe byteCount <= budget else {
      unsafe fail(MessageCodingError("Decoding needs more memory than the size of the input may take"))
      return false
    }
    unsafe budget -= byteCount
    return true
  }

  /// Gives back what was charged.
  mutating func refund(_ byteCount: Int) { unsafe budget += byteCount }
}
