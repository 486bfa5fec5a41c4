internal import Glibc

/// A block of the heap for arenas, in a chain of them.
///
/// Each thread keeps one from one encoding or decoding to the next, its spare. Without it, every message would cost an
/// allocation, and a large one more in page faults than in coding: the heap gives large blocks back to the system at once, and
/// each page of the next one is a fault.
@unsafe struct ArenaBlock {
  private let head: UnsafeMutablePointer<Head>

  @unsafe private struct Head {
    let byteCount: Int
    let previous: UnsafeMutablePointer<Head>?
    /// Whether the thread keeps this block, and whether an arena has it now.
    var isSpare = false
    var isTaken = false
  }

  /// The head and what fills it up to a multiple of 16.
  private static var headByteCount: Int { 32 }
  /// The first block of a thread, in bytes.
  private static var firstByteCount: Int { 16 << 10 }
  /// Larger blocks are not kept, in bytes.
  private static var largestSpare: Int { 512 << 10 }

  /// A new block with room for `contentByteCount` bytes.
  init(contentByteCount: Int, previous: ArenaBlock?) {
    let byteCount = unsafe Self.headByteCount + contentByteCount
    let start = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 16)
    unsafe head = start.bindMemory(to: Head.self, capacity: 1)
    unsafe head.initialize(to: Head(byteCount: byteCount, previous: previous?.head))
  }

  private init(_ head: UnsafeMutablePointer<Head>) { unsafe self.head = head }

  /// The size of the block.
  var byteCount: Int { unsafe head.pointee.byteCount }
  /// The bytes that are free for use.
  var content: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(head) + Self.headByteCount }
  var end: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(head) + byteCount }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    let error = unsafe pthread_key_create(&key) { spare in unsafe free(spare) }
    precondition(error == 0, "There is no key for thread-specific data (\(error))")
    return key
  }()

  /// The thread's spare block, or a new one where an arena has it: one message can be coded within another's coding.
  static func take() -> ArenaBlock {
    guard let spare = unsafe pthread_getspecific(key)?.assumingMemoryBound(to: Head.self) else {
      let block = unsafe ArenaBlock(contentByteCount: firstByteCount - headByteCount, previous: nil)
      unsafe block.makeSpare(isTaken: true)
      return unsafe block
    }
    if unsafe spare.pointee.isTaken {
      return unsafe ArenaBlock(contentByteCount: firstByteCount - headByteCount, previous: nil)
    }
    unsafe spare.pointee.isTaken = true
    return unsafe ArenaBlock(spare)
  }

  /// Gives back what `take` returned, with all blocks that were chained to it; this is the last of them.
  func giveBack() {
    if unsafe head.pointee.isSpare {
      unsafe head.pointee.isTaken = false
    } else {
      unsafe freeChain()
    }
  }

  /// Frees a chain. Where the thread's spare block is in it, the largest that is not too large is kept in its place.
  private func freeChain() {
    var largest: ArenaBlock?
    var hasSpare = false
    var next: UnsafeMutablePointer<Head>? = unsafe head
    while let current = unsafe next {
      let block = unsafe ArenaBlock(current)
      unsafe next = current.pointee.previous
      hasSpare = unsafe hasSpare || current.pointee.isSpare
      if unsafe block.byteCount <= Self.largestSpare, unsafe block.byteCount > largest?.byteCount ?? 0 {
        unsafe largest?.deallocate()
        unsafe largest = block
      } else {
        unsafe block.deallocate()
      }
    }
    if hasSpare { unsafe largest?.makeSpare(isTaken: false) } else { unsafe largest?.deallocate() }
  }

  private func makeSpare(isTaken: Bool) {
    let error = unsafe pthread_setspecific(Self.key, head)
    precondition(error == 0, "There is no memory for thread-specific data (\(error))")
    unsafe head.initialize(
      to: Head(byteCount: byteCount, previous: nil, isSpare: true, isTaken: isTaken))
  }

  private func deallocate() { unsafe UnsafeMutableRawPointer(head).deallocate() }
}
