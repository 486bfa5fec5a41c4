/// A value that is kept in a place of its own, so that a message can contain itself.
///
/// A value like any other: copies do not share changes. For generated code.
public indirect enum Indirect<Value: Hashable & Sendable>: Hashable, Sendable {
  /// The value, in memory of its own.
  case stored(Value)

  /// Keeps `value` in memory of its own.
  @inlinable public init(_ value: Value) { self = .stored(value) }

  /// The value.
  @inlinable public var value: Value {
    switch self {
    case .stored(let value): value
    }
  }
}
