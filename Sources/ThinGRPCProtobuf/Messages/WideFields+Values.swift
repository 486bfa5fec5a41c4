// The fields' values, as properties have them.

// Text.
extension WideFields {
  /// A text, or what it is when it is not set.
  public func text(_ index: Int, or unset: String) -> String {
    guard let slot = unsafe slot(index) else { return unset }
    return unsafe UnsafeMutableRawPointer(slot).assumingMemoryBound(to: String.self).pointee
  }

  /// Sets a text.
  public mutating func set(text: String, at index: Int) {
    unsafe UnsafeMutableRawPointer(slot(toSet: index, .text)).initializeMemory(as: String.self, to: text)
  }

  /// A text without presence. It is changed in place: one that grows is not copied.
  public subscript(text index: Int) -> String {
    get { text(index, or: "") }
    unsafeMutableAddress {
      let (slot, isSet) = unsafe slot(toChange: index, .text)
      let place = unsafe UnsafeMutableRawPointer(slot).assumingMemoryBound(to: String.self)
      if !isSet { unsafe place.initialize(to: "") }
      return unsafe place
    }
  }
}

// Numbers, truth values and enums' numbers: their bits, zeros above.
extension WideFields {
  @usableFromInline func bits(_ index: Int) -> UInt64? { unsafe slot(index)?.pointee }

  @usableFromInline mutating func set(bits: UInt64, at index: Int) {
    unsafe slot(toSet: index, .bits).initialize(to: bits)
  }

  /// A number or truth value, or what it is when it is not set.
  @inline(never) @inlinable public func number<Number: FieldValue & BitwiseCopyable>(
    _ index: Int, or unset: Number
  ) -> Number {
    guard let bits = bits(index) else { return unset }
    return unsafe withUnsafeBytes(of: bits.littleEndian) { unsafe $0.load(as: Number.self) }
  }

  /// Sets a number or truth value, of at most 8 bytes.
  @inline(never) @inlinable public mutating func set<Number: FieldValue & BitwiseCopyable>(
    number: Number, at index: Int
  ) {
    var bits: UInt64 = 0
    unsafe withUnsafeMutableBytes(of: &bits) { unsafe $0.storeBytes(of: number, as: Number.self) }
    set(bits: bits.littleEndian, at: index)
  }

  /// An enum's value, or what it is when it is not set.
  @inline(never) @inlinable public func enumeration<Value: ProtobufEnum>(
    _ index: Int, or unset: Value
  ) -> Value { bits(index).map { Value(rawValue: Int32(truncatingIfNeeded: $0)) } ?? unset }

  /// Sets an enum's value.
  @inline(never) @inlinable public mutating func set<Value: ProtobufEnum>(enumeration: Value, at index: Int) {
    set(bits: UInt64(UInt32(bitPattern: enumeration.rawValue)), at: index)
  }
}

// What is one reference. It lies in the slot as it is.
extension WideFields {
  /// Where a field's reference lies; nil when the field is not set.
  @usableFromInline func objectPlace(_ index: Int) -> UnsafeMutableRawPointer? {
    unsafe slot(index).map { slot in UnsafeMutableRawPointer(slot) }
  }

  /// Where a field's reference is to be put at once.
  @usableFromInline mutating func objectPlace(toSet index: Int) -> UnsafeMutableRawPointer {
    unsafe UnsafeMutableRawPointer(slot(toSet: index, .object))
  }

  /// Where a field's reference lies, which nobody else has there. Where the field is not set, it is to be put there at once.
  @usableFromInline mutating func objectPlace(
    toChange index: Int
  ) -> (UnsafeMutableRawPointer, isSet: Bool) {
    let (slot, isSet) = unsafe slot(toChange: index, .object)
    return (UnsafeMutableRawPointer(slot), isSet)
  }

  /// A list or bytes, or what they are when they are not set.
  @inline(never) @inlinable public func list<Element: Sendable>(
    _ index: Int, or unset: [Element] = []
  ) -> [Element] {
    guard let place = unsafe objectPlace(index) else { return unset }
    return unsafe place.assumingMemoryBound(to: [Element].self).pointee
  }

  /// Sets a list or bytes.
  @inline(never) @inlinable public mutating func set<Element: Sendable>(list: [Element], at index: Int) {
    unsafe objectPlace(toSet: index).initializeMemory(as: [Element].self, to: list)
  }

  /// A list, or bytes without presence. It is changed in place: one that grows is not copied.
  @inlinable public subscript<Element: Sendable>(list index: Int) -> [Element] {
    get { list(index) }
    unsafeMutableAddress { unsafe listPlace(index) }
  }

  @inline(never) @inlinable mutating func listPlace<Element: Sendable>(
    _ index: Int
  ) -> UnsafeMutablePointer<[Element]> {
    let (place, isSet) = unsafe objectPlace(toChange: index)
    let list = unsafe place.assumingMemoryBound(to: [Element].self)
    if !isSet { unsafe list.initialize(to: []) }
    return unsafe list
  }

  /// A map. It is changed in place: one that grows is not copied.
  @inlinable public subscript<Key: Sendable, Value: Sendable>(map index: Int) -> [Key: Value] {
    get { map(index) }
    unsafeMutableAddress { unsafe mapPlace(index) }
  }

  @inline(never) @inlinable func map<Key: Sendable, Value: Sendable>(_ index: Int) -> [Key: Value] {
    guard let place = unsafe objectPlace(index) else { return [:] }
    return unsafe place.assumingMemoryBound(to: [Key: Value].self).pointee
  }

  @inline(never) @inlinable mutating func mapPlace<Key: Sendable, Value: Sendable>(
    _ index: Int
  ) -> UnsafeMutablePointer<[Key: Value]> {
    let (place, isSet) = unsafe objectPlace(toChange: index)
    let map = unsafe place.assumingMemoryBound(to: [Key: Value].self)
    if !isSet { unsafe map.initialize(to: [:]) }
    return unsafe map
  }
}

// Messages: in a box, which copies share until one of them is changed.
extension WideFields {
  /// A message, or an empty one when it is not set. It is changed in place.
  @inlinable public subscript<Message: ProtobufMessage>(message index: Int) -> Message {
    get { message(index) }
    unsafeMutableAddress { unsafe messagePlace(index) }
  }

  @inline(never) @inlinable mutating func messagePlace<Message: ProtobufMessage>(
    _ index: Int
  ) -> UnsafeMutablePointer<Message> {
    let (place, isSet) = unsafe objectPlace(toChange: index)
    let box = unsafe place.assumingMemoryBound(to: FieldBox<Message>.self)
    if !isSet {
      unsafe box.initialize(to: FieldBox(Message()))
    } else if unsafe !isKnownUniquelyReferenced(&box.pointee) {
      unsafe box.pointee = FieldBox(box.pointee.place.pointee)
    }
    return unsafe box.pointee.place
  }

  @inline(never) @inlinable func message<Message: ProtobufMessage>(_ index: Int) -> Message {
    guard let place = unsafe objectPlace(index) else { return Message() }
    return unsafe place.assumingMemoryBound(to: FieldBox<Message>.self).pointee.place.pointee
  }
}
