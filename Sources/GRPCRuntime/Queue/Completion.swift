internal import Synchronization

/// What the core hands back when an operation has ended: the object behind a tag.
///
/// The tag is the retained pointer of this object: retained when the operation starts, taken back when the queue's
/// thread pops the event. A subclass says what happens then.
package class Completion: @unchecked Sendable {
  // Sendable: each subclass says why.

  /// The core orders what happens before an operation starts before its event. The thread sanitizer cannot see into the core;
  /// this shows it the same order.
  private let hasStarted = Atomic<Bool>(false)

  /// Called once for each started operation, on the queue's thread.
  func complete(_ succeeded: Bool) {
    fatalError("A completion does not say what it completes")
  }

  /// The tag of an operation that is about to start.
  final func retainedTag() -> UnsafeMutableRawPointer {
    hasStarted.store(true, ordering: .releasing)
    return unsafe Unmanaged.passRetained(self).toOpaque()
  }

  /// The completion behind the tag of an event.
  static func taking(tag: UnsafeMutableRawPointer) -> Completion {
    let completion = unsafe Unmanaged<Completion>.fromOpaque(tag).takeRetainedValue()
    _ = completion.hasStarted.load(ordering: .acquiring)
    return completion
  }

  /// Gives up a tag whose operation the core refused to start: it will have no event.
  final func releaseTag() {
    unsafe Unmanaged.passUnretained(self).release()
  }
}
