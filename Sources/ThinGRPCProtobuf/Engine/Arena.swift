internal import CProtobufC
public import ThinGRPC

/// Memory for one encoding or decoding: pieces are cut off one after the other and freed all at once.
///
/// It lies in the block that its thread keeps for it (`ArenaBlock`), so that most messages need no allocation at all; what
/// does not fit there goes to further blocks. `budget` bounds all blocks together, so that hostile bytes cannot make decoding
/// take more than a known multiple of their own size.
@unsafe @usableFromInline struct Arena {
  @usableFromInline var cursor: UnsafeMutableRawPointer
  @usableFromInline var end: UnsafeMutableRawPointer
  /// How many messages are being written inside each other.
  @usableFromInline var depth = 0
  /// The most bytes that the images written so far can pack to, together.
  @usableFromInline var packedByteBound = 0
  private(set) var isExhausted = false
  /// Whether protobuf-c has freed a message, as it does when another takes its place.
  private(set) var hasReplacedMessage = false
  /// Whether the numbers of unknown fields can have marks (`RewrittenNumber`).
  var isRewritten = false
  /// Whether text that is not UTF-8 is repaired instead of refused.
  @usableFromInline var repairsText = false
  /// What was wrong first with the values that were read.
  @usableFromInline var failure: MessageCodingError?
  private var budget: Int
  private var lastBlock: ArenaBlock

  /// What stays free at the end of a block, so that 16 bytes can be read from every piece, however small.
  private static var slackByteCount: Int { 8 }

  /// An arena that lives until `close`, at an address of its own.
  ///
  /// It belongs to the thread: no task may be suspended before it is closed.
  @usableFromInline static func open(budget: Int) -> UnsafeMutablePointer<Arena> {
    let block = unsafe ArenaBlock.take()
    let arena = unsafe block.content.bindMemory(to: Arena.self, capacity: 1)
    unsafe arena.initialize(
      to: Arena(
        cursor: block.content + MemoryLayout<Arena>.stride, end: block.end - slackByteCount,
        budget: budget - block.byteCount,
        lastBlock: block))
    return unsafe arena
  }

  /// Frees all that was cut off; returns what was wrong with the values that were read.
  @discardableResult
  @usableFromInline static func close(_ arena: UnsafeMutablePointer<Arena>) -> MessageCodingError? {
    let failure = unsafe arena.pointee.failure
    unsafe arena.pointee.failure = nil
    unsafe arena.pointee.lastBlock.giveBack()
    return failure
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

  /// Notes what is wrong with a value; the first counts.
  @usableFromInline mutating func fail(_ error: MessageCodingError) {
    if unsafe failure == nil { unsafe failure = error }
  }

  /// Allows `byteCount` bytes more.
  mutating func extendBudget(by byteCount: Int) { unsafe budget += byteCount }

  fileprivate mutating func noteReplacedMessage() { unsafe hasReplacedMessage = true }

  @usableFromInline @inline(never)
  mutating func allocateFromNewBlock(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    guard unsafe byteCount <= budget else {
      unsafe isExhausted = true
      return nil
    }
    // Blocks double in size, so that a large message needs few of them.
    let contentByteCount = unsafe max(byteCount, min(lastBlock.byteCount * 2, 1 << 20, budget))
    let block = unsafe ArenaBlock(
      contentByteCount: contentByteCount + Self.slackByteCount, previous: lastBlock)
    unsafe lastBlock = block
    unsafe budget -= contentByteCount
    unsafe cursor = block.content + byteCount
    unsafe end = block.end - Self.slackByteCount
    return unsafe block.content
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
      free: { arena, piece in
        // A message that is freed has lost its descriptor, its first word, just before.
        if unsafe piece?.load(as: Int.self) == 0 {
          unsafe arena.unsafelyUnwrapped.assumingMemoryBound(to: Arena.self).pointee.noteReplacedMessage()
        }
      },
      allocator_data: self)
  }
}
