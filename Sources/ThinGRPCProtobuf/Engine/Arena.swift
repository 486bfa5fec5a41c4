internal import CProtobufC
public import ThinGRPC

/// Memory for one encoding or decoding: pieces are cut off one after the other and freed all at once.
///
/// It lies in the block that its thread keeps for it (`ArenaBlock`), so that most messages need no allocation at all; what
/// does not fit there goes to further blocks. `budget` bounds all blocks together, so that hostile bytes cannot make decoding
/// take more than a known multiple of their own size.
@unsafe @usableFromInline struct Arena {
  // These three first: `thin_protobuf_arena_head`.
  @usableFromInline var cursor: UnsafeMutableRawPointer
  @usableFromInline var end: UnsafeMutableRawPointer
  private let newBlock: @convention(c) (UnsafeMutableRawPointer?, Int) -> UnsafeMutableRawPointer?
  /// The most bytes that the images written so far can pack to, together, without the text and the bytes that they refer to.
  @usableFromInline var packedByteBound = 0
  /// The text and the bytes that they refer to, in bytes.
  @usableFromInline var contentByteCount = 0
  private(set) var isExhausted = false
  /// Whether protobuf-c has freed a message, as it does when another takes its place.
  private(set) var hasReplacedMessage = false
  /// Whether the numbers of unknown fields can have marks (`RewrittenNumber`).
  var isRewritten = false
  /// Whether text that is not UTF-8 is repaired instead of refused.
  @usableFromInline var repairsText = false
  /// Whether the words of strings are as `TextWords` reads and makes them.
  let knowsText: Bool
  /// Whether there is a failure.
  @usableFromInline var hasFailed = false
  /// What was wrong first with the values that were read or written.
  @usableFromInline var failure: MessageCodingError?
  var budget = 0
  /// Large pieces, each an array: the engine's copy of a large bytes field is the field's value, without another copy.
  private var largePieces: [[UInt8]] = []
  /// The block that this arena lies in, and the last of those that were chained to it.
  private let firstBlock: ArenaBlock
  private let spare: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  private var lastBlock: ArenaBlock
  /// What `startOver` leaves there; nil for nothing.
  private var kept: Mark?

  /// How far an arena is filled.
  @unsafe private struct Mark {
    let block: ArenaBlock
    let cursor: UnsafeMutableRawPointer
    let end: UnsafeMutableRawPointer
    let largePieceCount: Int
  }

  /// What stays free at the end of a block, so that 16 bytes can be read from every piece, however small.
  private static var slackByteCount: Int { 8 }

  private static let knowsText = TextWords.areKnown()

  private init(in block: ArenaBlock) {
    unsafe cursor = block.content
    unsafe end = block.content
    unsafe newBlock = { arena, byteCount in
      unsafe arena.unsafelyUnwrapped.assumingMemoryBound(to: Arena.self).pointee.allocateFromNewBlock(
        byteCount)
    }
    unsafe knowsText = Self.knowsText
    unsafe firstBlock = block
    unsafe spare = ArenaBlock.spare
    unsafe lastBlock = block
  }

  /// An arena that lives until `close`, at an address of its own: the one that the thread keeps, or a new one where that is in
  /// use, as one message can be coded within another's coding.
  ///
  /// It belongs to the thread: no task may be suspended before it is closed.
  @usableFromInline static func open(budget: Int) -> UnsafeMutablePointer<Arena> {
    unsafe openInline(budget: budget)
  }

  /// The same, for where it is done once for each message.
  @inline(__always) static func openInline(budget: Int) -> UnsafeMutablePointer<Arena> {
    let spare = unsafe ArenaBlock.spare
    let arena = unsafe spare.pointee?.assumingMemoryBound(to: Arena.self) ?? Arena.newArena()
    unsafe spare.pointee = nil
    unsafe arena.pointee.begin(budget: budget)
    return unsafe arena
  }

  @inline(__always) private mutating func begin(budget: Int) {
    unsafe cursor = firstBlock.content + MemoryLayout<Arena>.stride
    unsafe end = firstBlock.end - Self.slackByteCount
    unsafe packedByteBound = 0
    unsafe contentByteCount = 0
    unsafe isExhausted = false
    unsafe hasReplacedMessage = false
    unsafe isRewritten = false
    unsafe repairsText = false
    unsafe hasFailed = false
    unsafe self.budget = budget &- firstBlock.byteCount
  }

  @inline(never) private static func newArena() -> UnsafeMutablePointer<Arena> {
    unsafe ArenaBlock.freeSpareAtEndOfThread()
    return unsafe arena(in: ArenaBlock(contentByteCount: ArenaBlock.firstContentByteCount, previous: nil))
  }

  /// Makes the arena at the beginning of a block.
  private static func arena(in block: ArenaBlock) -> UnsafeMutablePointer<Arena> {
    precondition(
      unsafe MemoryLayout<Arena>.offset(of: \.cursor) == 0 && MemoryLayout<Arena>.offset(of: \.end) == 8
        && MemoryLayout<Arena>.offset(of: \.newBlock) == 16, "An arena does not begin as C has it")
    let arena = unsafe block.content.bindMemory(to: Arena.self, capacity: 1)
    unsafe arena.initialize(to: Arena(in: block))
    return unsafe arena
  }

  /// Frees all that was cut off; returns what was wrong with the values that were read.
  @inline(__always) @discardableResult
  @inlinable static func close(_ arena: UnsafeMutablePointer<Arena>) -> MessageCodingError? {
    guard unsafe arena.pointee.hasFailed else {
      unsafe giveBack(arena)
      return nil
    }
    let failure = unsafe arena.pointee.failure
    unsafe arena.pointee.failure = nil
    unsafe giveBack(arena)
    return failure
  }

  @usableFromInline static func giveBack(_ arena: UnsafeMutablePointer<Arena>) {
    let spare = unsafe arena.pointee.spare
    if unsafe arena.pointee.lastBlock == arena.pointee.firstBlock, unsafe arena.pointee.largePieces.isEmpty,
      unsafe spare.pointee == nil
    {
      unsafe spare.pointee = UnsafeMutableRawPointer(arena)
    } else {
      unsafe freeBlocks(of: arena)
    }
  }

  /// Frees an arena of several blocks, or a second one. The thread keeps the largest block that is not too large.
  @inline(never) private static func freeBlocks(of arena: UnsafeMutablePointer<Arena>) {
    unsafe arena.pointee.largePieces = []
    let spare = unsafe arena.pointee.spare
    let kept = unsafe arena.pointee.lastBlock.freeChain(keepingLargest: spare.pointee == nil)
    if let kept = unsafe kept {
      unsafe spare.pointee = UnsafeMutableRawPointer(Self.arena(in: kept))
    }
  }

  /// Notes what is wrong with a value; the first counts.
  @usableFromInline mutating func fail(_ error: MessageCodingError) {
    if unsafe !hasFailed { unsafe failure = error }
    unsafe hasFailed = true
  }

  /// Throws what was wrong first with the values that were written.
  @inline(__always) func checkNoFailure() throws(MessageCodingError) {
    if unsafe hasFailed, let failure = unsafe failure { throw failure }
  }

  /// Notes that a message is nested too deeply to be encoded.
  @usableFromInline @inline(never) mutating func failForDepth() { unsafe fail(tooDeeplyNested()) }

  /// Notes that a message is too large to be encoded.
  @usableFromInline @inline(never) mutating func failForSize() { unsafe fail(tooLarge()) }

  /// Has what was cut off so far survive when the coding starts over, until that is over.
  mutating func keepWhatIsThere() {
    unsafe kept = Mark(block: lastBlock, cursor: cursor, end: end, largePieceCount: largePieces.count)
  }

  mutating func keepNothing() { unsafe kept = nil }

  /// Frees what a coding tried in vain has cut off, and gives the next one a budget of its own: so the two never take memory at
  /// the same time.
  mutating func startOver(budget: Int) {
    if let kept = unsafe kept {
      unsafe largePieces.removeSubrange(kept.largePieceCount...)
      unsafe lastBlock.freeChain(downTo: kept.block)
      unsafe (lastBlock, cursor, end) = unsafe (kept.block, kept.cursor, kept.end)
    } else {
      unsafe largePieces = []
      unsafe lastBlock.freeChain(downTo: firstBlock)
      unsafe lastBlock = firstBlock
      unsafe cursor = firstBlock.content + MemoryLayout<Arena>.stride
      unsafe end = firstBlock.end - Self.slackByteCount
    }
    unsafe isExhausted = false
    unsafe hasReplacedMessage = false
    unsafe self.budget = budget
  }

  fileprivate mutating func noteReplacedMessage() { unsafe hasReplacedMessage = true }

  /// Cuts off `byteCount` bytes, aligned to 8; nil when the block has not so many left.
  @inline(__always) @inlinable mutating func allocateInBlock(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    let rounded = (byteCount &+ 7) & ~7
    let piece = unsafe cursor
    // Unsigned: what is no sensible size is larger than what is left, too.
    if unsafe UInt(bitPattern: rounded) > UInt(bitPattern: end - piece) { return nil }
    unsafe cursor = piece + rounded
    return unsafe piece
  }

  /// Cuts off `byteCount` bytes, aligned to 8; nil when the budget is spent.
  @inline(__always)
  @inlinable mutating func allocateWithinBudget(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    unsafe allocateInBlock(byteCount) ?? allocateFromNewBlock(byteCount)
  }

  /// Cuts off `byteCount` bytes, aligned to 8. For encoding, which has no budget.
  @inline(__always) @inlinable mutating func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
    guard let piece = unsafe allocateWithinBudget(byteCount) else {
      fatalError("Out of memory while encoding a message")
    }
    return unsafe piece
  }

  /// A piece that no block would keep for the next coding: an array, which `takeArray` may take.
  private mutating func allocateArray(_ byteCount: Int) -> UnsafeMutableRawPointer {
    var bytes = unsafe [UInt8](unsafeUninitializedCapacity: byteCount + Self.slackByteCount) { _, count in
      count = byteCount
    }
    // The array stays where it is, as long as nobody else has it.
    let piece = unsafe bytes.withUnsafeMutableBytes { bytes in bytes.baseAddress }
    unsafe largePieces.append(bytes)
    unsafe budget -= byteCount
    return unsafe piece.unsafelyUnwrapped
  }

  /// Bytes in the arena: a large array becomes a piece of it as it is, others are copied. Nil when the budget is spent.
  mutating func hold(_ bytes: [UInt8]) -> UnsafeBufferPointer<UInt8>? {
    if unsafe bytes.count <= ArenaBlock.largestSpare {
      guard let room = unsafe allocateWithinBudget(bytes.count) else { return nil }
      let copy = unsafe UnsafeMutableRawBufferPointer(start: room, count: bytes.count)
      unsafe copy.copyBytes(from: bytes)
      return unsafe UnsafeBufferPointer(copy.bindMemory(to: UInt8.self))
    }
    guard unsafe bytes.count <= budget else {
      unsafe isExhausted = true
      return nil
    }
    unsafe largePieces.append(bytes)
    unsafe budget -= bytes.count
    return unsafe bytes.withUnsafeBufferPointer { bytes in unsafe bytes }
  }

  /// Frees a large piece: protobuf-c's notes on the fields of a message, which take more than the message, are not to lie beside the
  /// values that are made of it. Smaller pieces are freed with the arena.
  fileprivate mutating func freeLargePiece(_ piece: UnsafeRawPointer?) {
    guard unsafe !largePieces.isEmpty, let piece = unsafe piece else { return }
    let index = unsafe largePieces.firstIndex { large in
      unsafe large.withUnsafeBytes { bytes in unsafe bytes.baseAddress == piece }
    }
    if let index { unsafe budget += largePieces.remove(at: index).count }
  }

  /// The array that begins at `start` and has `byteCount` bytes; nil where these lie elsewhere.
  @usableFromInline mutating func takeArray(_ start: UnsafeRawPointer, _ byteCount: Int) -> [UInt8]? {
    let index = unsafe largePieces.firstIndex { piece in
      unsafe piece.withUnsafeBytes { bytes in unsafe bytes.baseAddress == start && bytes.count == byteCount }
    }
    guard let index else { return nil }
    return unsafe largePieces.remove(at: index)
  }

  @usableFromInline @inline(never)
  mutating func allocateFromNewBlock(_ exactByteCount: Int) -> UnsafeMutableRawPointer? {
    let byteCount = (exactByteCount &+ 7) & ~7
    guard unsafe byteCount <= budget, byteCount >= 0 else {
      unsafe isExhausted = true
      return nil
    }
    if unsafe byteCount > ArenaBlock.largestSpare { return unsafe allocateArray(exactByteCount) }
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
  /// The arena as protobuf-c's allocator. Only large pieces are freed at once; the arena frees everything at its end.
  var allocator: ProtobufCAllocator {
    unsafe ProtobufCAllocator(
      alloc: thin_protobuf_allocate,
      free: { arena, piece in
        // A message that is freed has lost its descriptor, its first word, just before.
        let arena = unsafe arena.unsafelyUnwrapped.assumingMemoryBound(to: Arena.self)
        if unsafe piece?.load(as: Int.self) == 0 { unsafe arena.pointee.noteReplacedMessage() }
        unsafe arena.pointee.freeLargePiece(piece)
      },
      allocator_data: self)
  }
}
