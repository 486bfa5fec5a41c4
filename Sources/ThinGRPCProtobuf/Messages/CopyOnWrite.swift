/// A message's fields in a place of their own, which copies share until one of them is changed. For generated code.
///
/// Messages that are large, or can contain themselves, keep their fields in one.
@frozen public struct CopyOnWrite<Fields: MessageFields & ~Copyable>: Sendable {
  /// Sendable: what is shared is not changed, and what is changed is not shared.
  @usableFromInline final class Place: @unchecked Sendable {
    @usableFromInline var value: Fields

    @inlinable init(_ value: consuming Fields) { self.value = value }
  }

  @usableFromInline var place: Place

  /// Gives fields a place.
  @inlinable public init(_ value: consuming Fields) { place = Place(value) }

  /// The fields. Changing them gives this copy a place of its own where others share the one that it has.
  @inlinable public var value: Fields {
    _read { yield place.value }
    _modify {
      if !isKnownUniquelyReferenced(&place) { separate() }
      yield &place.value
    }
  }

  /// Gives this copy a place of its own. Not inlined: every setter of every field would have it.
  @inline(never) @usableFromInline mutating func separate() { place = Place(Fields.copy(of: place.value)) }
}

/// The fields of a message that are copied as a whole only when one of them is to be changed. For generated code.
///
/// Not copyable by itself: so Swift makes no code for that, of which large types have much.
public protocol MessageFields: ~Copyable, Sendable {
  /// The same fields once more.
  static func copy(of fields: borrowing Self) -> Self
}
