internal import Synchronization

/// What the core hands back when an operation has ended: the object behind a tag.
///
/// The tag is the address of this object. While an operation goes on, the completion keeps an owner alive: the call whose
/// memory the core writes to, which has the completion or is it. A subclass says what happens at the end.
package class Completion: @unchecked Sendable {
  // Sendable: each subclass says why. `owner` belongs to the thread that starts an operation, then to the one that has its
  // event.

  /// The core orders what happens before an operation starts before its event. The thread sanitizer cannot see into the core;
  /// this shows it the same order.
  private let hasStarted = Atomic<Bool>(false)
  private var owner: Completion?

  /// Called once for each started operation, on the queue's thread.
  func complete(_ succeeded: Bool, of owner: Completion) {
    fatalError("A completion does not say what it completes")
  }

  /// The tag of the operations that this completes.
  final var tag: UnsafeMutableRawPointer { unsafe Unmanaged.passUnretained(self).toOpaque() }

  /// Says that an operation goes on, before its event can be handled: so before it starts, or, on the queue's thread, before
  /// that thread looks for events.
  ///
  /// - Parameter owner: what is kept alive until the operation ends, and this completion with it.
  final func begin(keeping owner: Completion) {
    self.owner = owner
    hasStarted.store(true, ordering: .releasing)
  }

  /// Takes `begin` back: the operation ended inside the function that started it, and its event is with who called that.
  final func takeBack() { owner = nil }

  /// The completion behind the tag of an event, whose operation goes on for as long as nobody has called `end`.
  static func of(tag: UnsafeMutableRawPointer) -> Completion {
    unsafe Unmanaged<Completion>.fromOpaque(tag).takeUnretainedValue()
  }

  /// Says that the operation has ended. The queue's thread, once for each event.
  final func end(_ succeeded: Bool) {
    _ = hasStarted.load(ordering: .acquiring)
    guard let owner = owner.take() else { fatalError("An event came for an operation that did not start") }
    complete(succeeded, of: owner)
  }
}
