internal import CGRPCShim

/// A `grpc_completion_queue`, as those see it who start operations on it. A plain value: who owns the queue is no matter here.
@safe struct CoreQueue {
  let pointer: OpaquePointer

  /// Has the event that the next operation leads to at once, if any, kept for `takeEvent`: an operation often ends inside
  /// the function that starts it, and its event need not go through the queue
  /// (`grpc_completion_queue_thread_local_cache_init`). The queue's thread only.
  func keepEvent() {
    unsafe grpc_completion_queue_thread_local_cache_init(pointer)
  }

  /// Takes the event that an operation has led to since `keepEvent`; nil if it goes on. The queue's thread only.
  func takeEvent() -> Event? {
    var tag: UnsafeMutableRawPointer?
    var succeeded: Int32 = 0
    guard unsafe grpc_completion_queue_thread_local_cache_flush(pointer, &tag, &succeeded) != 0 else {
      return nil
    }
    return unsafe Event(tag: tag, succeeded: succeeded != 0)
  }
}

/// That an operation has ended, as the core tells it.
@safe struct Event {
  let tag: UnsafeMutableRawPointer?
  let succeeded: Bool
}
