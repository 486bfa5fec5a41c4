/// What one field of a wide message holds.
@usableFromInline enum FieldSlot: Sendable {
  case unset
  case text(String)
  /// A number, a truth value or an enum's number: its bits, zeros above.
  case bits(UInt64)
  /// All else.
  case box(AnyFieldBox)
}

/// A value of any type, by its place, so that all slots are alike.
///
/// Sendable: so are the values, and one is changed only in a box that nobody else has.
@usableFromInline class AnyFieldBox: @unchecked Sendable {
  @inlinable init() {}
}

/// A value by its place.
@usableFromInline final class FieldBox<Value: Sendable>: AnyFieldBox, @unchecked Sendable {
  @usableFromInline var value: Value

  @inlinable init(_ value: Value) { self.value = value }
}
