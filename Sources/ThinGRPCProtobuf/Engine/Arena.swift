internal import CProtobufC

/// Memory for one encoding or decoding: pieces are cut off one after the other and freed all at once.
///
/// The first block lies on the caller's stack, so that small messages need no allocation at all; what does not
/// fit there goes to heap blocks that double in size. `budget` bounds the heap blocks together, so that hostile
/// bytes cannot make decoding take more than a known multiple of their own size.
@unsafe @usableFromInline struct Arena {
  @usableFromInline var cursor: UnsafeMutableRawPointer
  @usableFromInline var end: UnsafeMutableRawPointer
  /// How many messages are being written inside each other.
  @usableFromInline var depth = 0
  private var budget: Int
  private var blockByteCount = 4096
  private var lastBlock: UnsafeMutableRawPointer?
  private(set) var isExhausted = false

  /// The bytes of the first block. A larger temporary allocation would not be on the stack.
  @inlinable static var firstBlockByteCount: Int { 1024 }
  /// A heap block begins with the pointer to the block before it, and its own size.
  private static var blockHeaderByteCount: Int { 16 }

  @usableFromInline init(_ firstBlock: UnsafeMutableRawBufferPointer, budget: Int) {
    unsafe cursor = firstBlock.baseAddress.unsafelyUnwrapped
    unsafe end = cursor + firstBlock.count
    unsafe self.budget = budget
  }

  /// Calls `body` with an arena that lives as long as the call.
  @inlinable static func with<Result: ~Copyable, Failure: Error>(
    budget: Int, _ body: (UnsafeMutablePointer<Arena>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe withUnsafeTemporaryAllocation(byteCount: firstBlockByteCount, alignment: 16) {
      (block: UnsafeMutableRawBufferPointer) throws(Failure) -> Result in
      var arena = unsafe Arena(block, budget: budget)
      defer { unsafe arena.freeBlocks() }
      return try unsafe withUnsafeMutablePointer(to: &arena) {
        (pointer: UnsafeMutablePointer<Arena>) throws(Failure) -> Result in try unsafe body(pointer)
      }
    }
  }

  /// Cuts off `byteCount` bytes, aligned to 8; nil when the budget is spent.
  @inlinable mutating func allocateWithinBudget(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    let rounded = (byteCount &+ 7) & ~7
    if unsafe rounded > end - cursor { return unsafe allocateFromNewBlock(rounded) }
    let piece = unsafe cursor
    unsafe cursor = piece + rounded
    return unsafe piece
  }

  /// Cuts off `byteCount` bytes, aligned to 8. For encoding, which has no budget.
  @inlinable mutating func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
    guard let piece = unsafe allocateWithinBudget(byteCount) else {
      fatalError("Out of memory while encoding a message")
    }
    return unsafe piece
  }

  @usableFromInline @inline(never)
  mutating func allocateFromNewBlock(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    guard unsafe byteCount <= budget else {
      unsafe isExhausted = true
      return nil
    }
    var capacity = unsafe max(byteCount, min(blockByteCount, budget))
    let block: UnsafeMutableRawPointer
    if let spare = unsafe SpareBlock.take(atLeast: capacity + Self.blockHeaderByteCount, atMost: budget) {
      unsafe block = spare.baseAddress.unsafelyUnwrapped
      capacity = unsafe spare.count - Self.blockHeaderByteCount
    } else {
      unsafe block = .allocate(byteCount: capacity + Self.blockHeaderByteCount, alignment: 16)
    }
    unsafe block.storeBytes(of: lastBlock, as: UnsafeMutableRawPointer?.self)
    unsafe block.storeBytes(of: capacity + Self.blockHeaderByteCount, toByteOffset: 8, as: Int.self)
    unsafe lastBlock = block
    unsafe budget -= capacity
    unsafe blockByteCount = min(blockByteCount * 2, 1 << 20)
    let piece = unsafe block + Self.blockHeaderByteCount
    unsafe cursor = piece + byteCount
    unsafe end = piece + capacity
    return unsafe piece
  }

  @usableFromInline func freeBlocks() {
    var block = unsafe lastBlock
    while let current = unsafe block {
      unsafe block = current.load(as: UnsafeMutableRawPointer?.self)
      let byteCount = unsafe current.load(fromByteOffset: 8, as: Int.self)
      unsafe SpareBlock.give(UnsafeMutableRawBufferPointer(start: current, count: byteCount))
    }
  }
}

extension UnsafeMutablePointer<Arena> {
  /// The arena as protobuf-c's allocator. Freeing is a no-op: the arena frees everything at its end.
  var allocator: ProtobufCAllocator {
    unsafe ProtobufCAllocator(
      alloc: { arena, byteCount in
        unsafe arena.unsafelyUnwrapped.assumingMemoryBound(to: Arena.self).pointee
          .allocateWithinBudget(byteCount)
      },
      free: { _, _ in },
      allocator_data: self)
  }
}
