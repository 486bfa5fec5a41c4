/// A value in a place of its own, which copies share until one of them is changed. For generated code.
///
/// Messages that are large, or can contain themselves, keep their fields in one.
@frozen public struct CopyOnWrite<Value: Sendable>: Sendable {
  /// Sendable: what is shared is not changed, and what is changed is not shared.
  @usableFromInline final class Place: @unchecked Sendable {
    @usableFromInline var value: Value

    @inlinable init(_ value: Value) { self.value = value }
  }

  @usableFromInline var place: Place

  /// Gives `value` a place.
  @inlinable public init(_ value: Value) { place = Place(value) }

  /// The value. Changing it gives this copy a place of its own where others share the one that it has.
  @inlinable public var value: Value {
    _read { yield place.value }
    _modify {
      if !isKnownUniquelyReferenced(&place) { place = Place(place.value) }
      yield &place.value
    }
  }
}
