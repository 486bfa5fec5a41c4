internal import CProtobufC
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
  }

  /// The head and what fills it up to a multiple of 16.
  private static var headByteCount: Int { 16 }
  /// The first block of a thread, in bytes, without its head.
  static var firstContentByteCount: Int { unsafe 16 << 10 - headByteCount }
  /// Larger blocks are not kept, in bytes.
  static var largestSpare: Int { 512 << 10 }

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

  static func == (left: ArenaBlock, right: ArenaBlock) -> Bool { unsafe left.head == right.head }

  /// Where the thread keeps the content of its spare block; nil there while it has none, or while that is in use.
  ///
  /// Never inlined: each file of code that C's function is inlined into would have slots of its own.
  @inline(never) static var spare: UnsafeMutablePointer<UnsafeMutableRawPointer?> {
    unsafe thin_protobuf_thread_slot()
  }

  private static let endOfThread: pthread_key_t = {
    var key = pthread_key_t()
    let error = unsafe pthread_key_create(&key) { slot in
      let slot = unsafe slot?.assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
      // Taken out of the slot before it is freed: what ends with the thread after this may code messages, too.
      guard let content = unsafe slot?.pointee else { return }
      unsafe slot?.pointee = nil
      unsafe free(content - ArenaBlock.headByteCount)
    }
    precondition(error == 0, "There is no key for thread-specific data (\(error))")
    return key
  }()

  /// Has the thread free its spare block when it ends.
  static func freeSpareAtEndOfThread() {
    let error = unsafe pthread_setspecific(endOfThread, spare)
    precondition(error == 0, "There is no memory for thread-specific data (\(error))")
  }

  /// Frees this block and all before it in the chain, or all but the largest that is not too large to be kept: that is returned.
  func freeChain(keepingLargest: Bool) -> ArenaBlock? {
    var largest: ArenaBlock?
    var next: UnsafeMutablePointer<Head>? = unsafe head
    while let current = unsafe next {
      let block = unsafe ArenaBlock(current)
      unsafe next = current.pointee.previous
      if keepingLargest, unsafe block.byteCount <= Self.largestSpare,
        unsafe block.byteCount > largest?.byteCount ?? 0
      {
        unsafe largest?.deallocate()
        unsafe largest = block
      } else {
        unsafe block.deallocate()
      }
    }
    unsafe largest?.head.initialize(to: Head(byteCount: largest?.byteCount ?? 0, previous: nil))
    return unsafe largest
  }

  /// Frees this block and those before it in the chain, as far as `first`, which stays.
  func freeChain(downTo first: ArenaBlock) {
    var next: UnsafeMutablePointer<Head>? = unsafe head
    while let current = unsafe next, unsafe current != first.head {
      unsafe next = current.pointee.previous
      unsafe ArenaBlock(current).deallocate()
    }
  }

  private func deallocate() { unsafe UnsafeMutableRawPointer(head).deallocate() }
}
