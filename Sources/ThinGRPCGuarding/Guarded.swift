public import Synchronization

/// A value behind a mutex.
///
/// A `Mutex` whose order the thread sanitizer can see as well: the sanitizer does not know the standard library's lock, and
/// would take every value behind it for a race. The extra load and store cost nothing on the machines we run on.
///
/// Public, though no product has it, because only then is it inlined into other modules: a lock that is generic at run time looks up its type's metadata each time it is taken.
public struct Guarded<Value: Sendable>: ~Copyable, Sendable {
  @usableFromInline let value: Mutex<Value>
  @usableFromInline let order = Atomic<Bool>(false)

  @inlinable
  public init(_ value: sending Value) {
    self.value = Mutex(value)
  }

  /// Calls `body` with the value, which no other thread can reach meanwhile.
  @inlinable
  public borrowing func withLock<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try value.withLock { value throws(Failure) in
      _ = order.load(ordering: .acquiring)
      defer { order.store(true, ordering: .releasing) }
      return try body(&value)
    }
  }
}
