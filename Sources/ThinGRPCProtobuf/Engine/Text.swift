// Not `String(validating:as:)`, which is generic and not specialized. Nearly all text is ASCII: that is found out here, several
// bytes at a time, and made into a string without being looked at again.

/// The text whose length and address lie at `place`, which is written over.
@usableFromInline
func loadText(_ place: ImagePlace) -> String {
  let count = unsafe place.value.load(as: Int.self)
  if count == 0 { return "" }
  let start = unsafe place.value.load(fromByteOffset: 8, as: UnsafeRawPointer.self)
  if count <= TextWords.greatestShortByteCount, unsafe place.reader.arena.pointee.knowsText,
    // The bytes lie in the arena, where 16 can be read from every piece.
    let words = unsafe TextWords(ascii: start, count)
  {
    return unsafe words.string(in: UnsafeMutableRawPointer(mutating: place.value))
  }
  return unsafe loadOtherText(place)
}

// Apart, as what calls nothing has no registers to save.
@inline(never)
private func loadOtherText(_ place: ImagePlace) -> String {
  let bytes = unsafe bytes(at: place.value)
  if unsafe bytes.count >= 8 && isASCII(bytes) {
    return String(copying: unsafe UTF8Span(unchecked: bytes.span, isKnownASCII: true))
  }
  return unsafe validatedText(bytes, place)
}

@inline(never)
private func validatedText(_ bytes: UnsafeBufferPointer<UInt8>, _ place: ImagePlace) -> String {
  if let text = try? unsafe UTF8Span(validating: bytes.span) { return String(copying: text) }
  if unsafe place.reader.arena.pointee.repairsText { return unsafe String(decoding: bytes, as: UTF8.self) }
  unsafe place.reader.arena.pointee.fail(invalidText(in: place))
  return ""
}

/// Stores the length and the address of `text`, which the message being written holds.
@inline(__always)
func storeText(_ text: String, to place: UnsafeMutableRawPointer, _ arena: UnsafeMutablePointer<Arena>) {
  if unsafe !storeText(TextWords(of: text), to: place, arena) {
    unsafe storeOtherText(text, to: place, arena)
  }
}

/// Stores the length and the address of the text with these words; false where they do not tell them.
@inline(__always)
func storeText(
  _ words: TextWords, to place: UnsafeMutableRawPointer, _ arena: UnsafeMutablePointer<Arena>
) -> Bool {
  guard unsafe arena.pointee.knowsText else { return false }
  if words.isShort {
    guard let copy = unsafe arena.pointee.allocateInBlock(16) else { return false }
    unsafe words.store(to: copy)
    unsafe store(copy, words.shortByteCount, to: place, arena)
  } else {
    guard let bytes = unsafe words.bytesElsewhere, let start = bytes.baseAddress
    else { return false }
    unsafe store(start, bytes.count, to: place, arena)
  }
  return true
}

@inline(never)
func storeOtherText(
  _ text: String, to place: UnsafeMutableRawPointer, _ arena: UnsafeMutablePointer<Arena>
) {
  unsafe text.utf8Span.span.withUnsafeBufferPointer { bytes in
    // A string of more than 15 bytes never has them in itself: they lie in memory that the message holds.
    var start = unsafe UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped)
    if bytes.count <= TextWords.greatestShortByteCount {
      let copy = unsafe arena.pointee.allocate(bytes.count)
      unsafe UnsafeMutableRawBufferPointer(start: copy, count: bytes.count).copyBytes(from: bytes)
      unsafe start = UnsafeRawPointer(copy)
    }
    unsafe store(start, bytes.count, to: place, arena)
  }
}

/// Stores a length and an address.
@inline(__always)
private func store(
  _ start: UnsafeRawPointer, _ byteCount: Int, to place: UnsafeMutableRawPointer,
  _ arena: UnsafeMutablePointer<Arena>
) {
  unsafe arena.pointee.contentByteCount &+= byteCount
  unsafe place.storeBytes(of: byteCount, as: Int.self)
  unsafe place.storeBytes(of: start, toByteOffset: 8, as: UnsafeRawPointer.self)
}

/// Whether no byte of at least eight has its highest bit set.
@inline(__always)
private func isASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
  var place = unsafe UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped)
  // The last eight, some of which may be seen twice.
  let last = unsafe place + (bytes.count &- 8)
  var word = unsafe last.loadUnaligned(as: UInt64.self)
  // All of them, without a look in between: so the compiler makes it into wide steps.
  while unsafe place < last {
    unsafe word |= place.loadUnaligned(as: UInt64.self)
    unsafe place += 8
  }
  return word & 0x8080_8080_8080_8080 == 0
}
