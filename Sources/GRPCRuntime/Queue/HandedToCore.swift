internal import Synchronization

/// The order between the making of an object and the core's handing it back on another thread.
///
/// The core makes that order. The thread sanitizer cannot see into the core; this shows it the same one.
struct HandedToCore: ~Copyable, Sendable {
  private let isGiven = Atomic<Bool>(false)

  /// Before the core is given the object.
  func give() { isGiven.store(true, ordering: .releasing) }

  /// Where the core has handed it back.
  func take() { _ = isGiven.load(ordering: .acquiring) }
}
