internal import Synchronization

/// A value behind a mutex.
///
/// A `Mutex` whose order the thread sanitizer can see as well: the sanitizer does not know the standard library's lock, and
/// would take every value behind it for a race. The extra load and store cost nothing on the machines we run on.
package struct Guarded<Value: Sendable>: ~Copyable, Sendable {
  private let value: Mutex<Value>
  private let order = Atomic<Bool>(false)

  package init(_ value: sending Value) {
    self.value = Mutex(value)
  }

  /// Calls `body` with the value, which no other thread can reach meanwhile.
  package borrowing func withLock<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try value.withLock { value throws(Failure) in
      _ = order.load(ordering: .acquiring)
      defer { order.store(true, ordering: .releasing) }
      return try body(&value)
    }
  }
}
