/// JSON that is being written: bytes in an arena that grow as needed.
@safe struct JSONOutput {
  private let arena: UnsafeMutablePointer<Arena>
  private var start: UnsafeMutableRawPointer
  private var cursor: UnsafeMutableRawPointer
  private var end: UnsafeMutableRawPointer

  /// - Parameter byteCount: how much is likely to be written.
  init(expecting byteCount: Int, _ arena: UnsafeMutablePointer<Arena>) {
    unsafe self.arena = arena
    unsafe start = arena.pointee.allocate(byteCount)
    unsafe cursor = start
    unsafe end = start + byteCount
  }

  /// What has been written.
  var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: start, count: cursor - start) }

  /// Writes up to `byteCount` bytes: `body` writes them and returns their number.
  @inline(__always)
  mutating func append(upTo byteCount: Int, _ body: (UnsafeMutableRawPointer) -> Int) {
    if unsafe end - cursor < byteCount { grow(by: byteCount) }
    unsafe cursor += body(cursor)
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    unsafe append(upTo: 1) { place in
      unsafe place.storeBytes(of: byte, as: UInt8.self)
      return 1
    }
  }

  mutating func append(_ text: StaticString) {
    unsafe append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    unsafe append(upTo: bytes.count) { place in
      unsafe place.copyMemory(from: start, byteCount: bytes.count)
      return bytes.count
    }
  }

  mutating func append(repeating byte: UInt8, _ count: Int) {
    unsafe append(upTo: count) { place in
      unsafe place.initializeMemory(as: UInt8.self, repeating: byte, count: count)
      return count
    }
  }

  @inline(never)
  private mutating func grow(by byteCount: Int) {
    let used = unsafe cursor - start
    let capacity = unsafe max(2 * (end - start), used + byteCount)
    let larger = unsafe arena.pointee.allocate(capacity)
    unsafe larger.copyMemory(from: start, byteCount: used)
    unsafe start = larger
    unsafe cursor = larger + used
    unsafe end = larger + capacity
  }
}
