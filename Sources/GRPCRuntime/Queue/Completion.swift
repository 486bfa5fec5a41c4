/// What the core hands back when an operation has ended: the object behind a tag.
///
/// The tag is the retained pointer of this object: retained when the operation starts, taken back when the queue's
/// thread pops the event. A subclass says what happens then.
package class Completion: @unchecked Sendable {
  // Sendable: each subclass says why.

  /// Called once for each started operation, on the queue's thread.
  func complete(_ succeeded: Bool) {
    fatalError("A completion does not say what it completes")
  }

  /// The tag of an operation that is about to start.
  final func retainedTag() -> UnsafeMutableRawPointer {
    unsafe Unmanaged.passRetained(self).toOpaque()
  }

  /// The completion behind the tag of an event.
  static func taking(tag: UnsafeMutableRawPointer) -> Completion {
    unsafe Unmanaged<Completion>.fromOpaque(tag).takeRetainedValue()
  }

  /// Gives up a tag whose operation the core refused to start: it will have no event.
  final func releaseTag() {
    unsafe Unmanaged.passUnretained(self).release()
  }
}
