/// The fields of a message that has many: a list, which copies share until one of them is changed. For generated code.
///
/// A stored property for each of hundreds of fields takes the Swift compiler minutes, as what it does for one of them goes through
/// all. Here each field has a slot by its index, a text two of them, all slots are alike, and a property is a call. Nothing is
/// inlined, or it would be compiled once more for every field.
///
/// The slots are in the order of the fields' numbers, and behind them those of the oneofs, three for each. What type a field has its generated code
/// says, and for reading and writing the message's layout (`ListedFields`).
///
/// A message without fields has no list.
public struct WideFields: @unchecked Sendable {
  // Sendable: what is shared is not changed, and what is changed is not shared.
  var storage: FieldStorage?

  /// No field is set.
  public init() { storage = nil }

  /// Whether a field is set.
  public func has(_ index: Int) -> Bool { unsafe slot(index) != nil }

  /// Unsets a field.
  public mutating func clear(_ index: Int) {
    if has(index) { _ = unsafe slot(toSet: index, .nothing) }
  }
}

// The slots. What is handed out is valid until the fields are changed.
extension WideFields {
  /// A field's slot; nil when the field is not set.
  @inline(__always) func slot(_ index: Int) -> UnsafeMutablePointer<UInt64>? {
    guard let storage, index < storage.slotCount, unsafe storage.contents[index] != 0 else { return nil }
    return unsafe storage.slots + index
  }

  /// A field's slot, in which nothing is any more: `content` is to be put there at once.
  @inline(__always) mutating func slot(toSet index: Int, _ content: SlotContent)
    -> UnsafeMutablePointer<UInt64>
  {
    haveOwnStorage(upTo: content == .text ? index + 1 : index)
    let storage = unsafe storage.unsafelyUnwrapped
    storage.release(index)
    unsafe storage.contents[index] = content.rawValue
    return unsafe storage.slots + index
  }

  /// A field's slot, which nobody else has. Where the field is not set, `content` is to be put there at once.
  @inline(__always) mutating func slot(toChange index: Int, _ content: SlotContent)
    -> (UnsafeMutablePointer<UInt64>, isSet: Bool)
  {
    haveOwnStorage(upTo: content == .text ? index + 1 : index)
    let storage = unsafe storage.unsafelyUnwrapped
    let isSet = unsafe storage.contents[index] != 0
    unsafe storage.contents[index] = content.rawValue
    return unsafe (storage.slots + index, isSet)
  }

  @inline(__always) private mutating func haveOwnStorage(upTo index: Int) {
    if isKnownUniquelyReferenced(&storage), unsafe index < storage.unsafelyUnwrapped.slotCount { return }
    separate(upTo: index)
  }

  /// Gets storage with room for a field, which nobody else has.
  @inline(never) private mutating func separate(upTo index: Int) {
    let isShared = !isKnownUniquelyReferenced(&storage)
    guard let present = storage else {
      storage = .empty(max(index + 1, 16))
      return
    }
    let slotCount = index < present.slotCount ? present.slotCount : max(index + 1, present.slotCount * 2)
    storage = isShared ? present.copied(to: slotCount) : present.moved(to: slotCount)
  }
}
