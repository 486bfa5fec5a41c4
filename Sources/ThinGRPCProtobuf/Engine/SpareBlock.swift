internal import Glibc

/// The block that a thread keeps from one encoding or decoding to the next.
///
/// A message of some size needs a block of the heap for the time of its coding. The heap gives large blocks back to the
/// system at once, and each page of the next one costs a fault: more than the coding itself.
enum SpareBlock {
  /// Larger blocks are not kept, in bytes.
  private static let largest = 512 << 10

  /// The spare block of each thread; freed when the thread ends.
  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    let error = unsafe pthread_key_create(&key) { block in unsafe free(block) }
    precondition(error == 0, "There is no key for thread-specific data (\(error))")
    return key
  }()

  /// The thread's spare block, if it has one of at least `least` bytes, and at most `most`.
  static func take(atLeast least: Int, atMost most: Int) -> UnsafeMutableRawBufferPointer? {
    guard let block = unsafe pthread_getspecific(key) else { return nil }
    let byteCount = unsafe block.load(fromByteOffset: 8, as: Int.self)
    guard byteCount >= least, byteCount <= most else { return nil }
    pthread_setspecific(key, nil)
    return unsafe UnsafeMutableRawBufferPointer(start: block, count: byteCount)
  }

  /// Keeps the block, whose size must stand in its second word, or frees it where it is too large or a larger one is kept.
  static func give(_ block: UnsafeMutableRawBufferPointer) {
    let kept = unsafe pthread_getspecific(key)
    let keptByteCount = unsafe kept?.load(fromByteOffset: 8, as: Int.self) ?? 0
    guard block.count <= largest, block.count > keptByteCount,
      unsafe pthread_setspecific(key, block.baseAddress) == 0
    else { return unsafe block.deallocate() }
    unsafe kept?.deallocate()
  }
}
