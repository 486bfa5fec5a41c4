/// The fields of a message that has many: a list, which copies share until one of them is changed. For generated code.
///
/// A stored property for each of hundreds of fields takes the Swift compiler minutes, as what it does for one of them goes through
/// all. Here each field has a slot by its index, all slots are of one type, and a property is a call. Nothing is inlined, or it
/// would be compiled once more for every field.
///
/// Unset fields at the end take no room, and a message without fields has no list.
@frozen public struct WideFields: Sendable {
  @usableFromInline var slots: [FieldSlot] = []

  /// No field is set.
  public init() {}

  /// Whether a field is set.
  public func has(_ index: Int) -> Bool {
    guard index < slots.count else { return false }
    if case .unset = slots[index] { return false }
    return true
  }

  /// Unsets a field.
  public mutating func clear(_ index: Int) { set(.unset, at: index) }

  @usableFromInline mutating func set(_ slot: FieldSlot, at index: Int) {
    if index < slots.count {
      slots[index] = slot
    } else {
      if case .unset = slot { return }
      while slots.count < index { slots.append(.unset) }
      slots.append(slot)
    }
  }
}

// Text.
extension WideFields {
  /// A text; nil when it is not set.
  public func text(_ index: Int) -> String? {
    guard index < slots.count, case .text(let text) = slots[index] else { return nil }
    return text
  }

  /// A text, or what it is when it is not set.
  public func text(_ index: Int, or unset: String) -> String { text(index) ?? unset }

  /// Sets or unsets a text.
  public mutating func set(text: String?, at index: Int) { set(text.map { .text($0) } ?? .unset, at: index) }

  /// A text without presence. It is changed in place: one that grows is not copied.
  public subscript(text index: Int) -> String {
    get { text(index, or: "") }
    _modify {
      var text = text(index, or: "")
      clear(index)
      defer { set(.text(text), at: index) }
      yield &text
    }
  }
}

// Numbers and enums.
extension WideFields {
  @inline(__always) @inlinable func bits(_ index: Int) -> UInt64? {
    guard index < slots.count, case .bits(let bits) = slots[index] else { return nil }
    return bits
  }

  @inline(__always) @inlinable func loadedNumber<Number: FieldValue & BitwiseCopyable>(
    _ index: Int
  ) -> Number? {
    guard let bits = bits(index) else { return nil }
    return unsafe withUnsafeBytes(of: bits.littleEndian) { unsafe $0.load(as: Number.self) }
  }

  @inline(__always) @inlinable func loadedEnumeration<Value: ProtobufEnum>(_ index: Int) -> Value? {
    bits(index).map { Value(rawValue: Int32(truncatingIfNeeded: $0)) }
  }

  /// A number or truth value, or what it is when it is not set.
  @inline(never) @inlinable public func number<Number: FieldValue & BitwiseCopyable>(
    _ index: Int, or unset: Number
  ) -> Number { loadedNumber(index) ?? unset }

  /// Sets or unsets a number or truth value, of at most 8 bytes.
  @inline(never) @inlinable public mutating func set<Number: FieldValue & BitwiseCopyable>(
    number: Number?, at index: Int
  ) {
    guard let number else { return clear(index) }
    var bits: UInt64 = 0
    unsafe withUnsafeMutableBytes(of: &bits) { unsafe $0.storeBytes(of: number, as: Number.self) }
    set(.bits(bits.littleEndian), at: index)
  }

  /// An enum's value, or what it is when it is not set.
  @inline(never) @inlinable public func enumeration<Value: ProtobufEnum>(
    _ index: Int, or unset: Value
  ) -> Value { loadedEnumeration(index) ?? unset }

  /// Sets or unsets an enum's value.
  @inline(never) @inlinable public mutating func set<Value: ProtobufEnum>(enumeration: Value?, at index: Int)
  {
    set((enumeration?.rawValue).map { .bits(UInt64(UInt32(bitPattern: $0))) } ?? .unset, at: index)
  }
}

// Bytes, messages, lists, maps and oneofs.
extension WideFields {
  /// A value; nil when it is not set.
  @inline(never) @inlinable public func value<Value: Sendable>(_ index: Int) -> Value? { loadedValue(index) }

  /// A message, or an empty one when it is not set.
  @inline(never) @inlinable public func message<Message: ProtobufMessage>(_ index: Int) -> Message {
    loadedValue(index) ?? Message()
  }

  /// A value, or what it is when it is not set.
  @inline(never) @inlinable public func value<Value: Sendable>(_ index: Int, or unset: Value) -> Value {
    loadedValue(index) ?? unset
  }

  @inline(__always) @inlinable func loadedValue<Value: Sendable>(_ index: Int) -> Value? {
    guard index < slots.count, case .box(let box) = slots[index] else { return nil }
    return unsafe unsafeDowncast(box, to: FieldBox<Value>.self).value
  }

  /// Sets or unsets a value.
  @inline(never) @inlinable public mutating func set<Value: Sendable>(value: Value?, at index: Int) {
    set(value.map { .box(FieldBox($0)) } ?? .unset, at: index)
  }

  /// A value without presence, with what it is when it is not set. It is changed in place: a list that grows is not copied.
  @inlinable public subscript<Value: Sendable>(value index: Int, or unset: Value) -> Value {
    get { value(index, or: unset) }
    _modify {
      let box: FieldBox<Value> = ownBox(at: index, or: unset)
      // Not in the list meanwhile, so that it is nobody else's.
      defer { set(.box(box), at: index) }
      yield &box.value
    }
  }

  /// Takes the box out of a slot, or one like it where others have it too.
  @inline(never) @inlinable mutating func ownBox<Value: Sendable>(
    at index: Int, or unset: Value
  ) -> FieldBox<Value> {
    guard let (taken, isShared) = takeBox(at: index) else { return FieldBox(unset) }
    let box = unsafe unsafeDowncast(taken, to: FieldBox<Value>.self)
    return isShared ? FieldBox(box.value) : box
  }

  @usableFromInline mutating func takeBox(at index: Int) -> (AnyFieldBox, isShared: Bool)? {
    guard index < slots.count, case .box(var box) = slots[index] else { return nil }
    // Out of the list, or out of a copy of it if others have the list too: then they have the box.
    slots[index] = .unset
    return (box, !isKnownUniquelyReferenced(&box))
  }
}
