internal import CGRPCShim
internal import Dispatch

/// A `grpc_completion_queue` with the one thread that polls it, and the executor of the tasks that live on that thread.
///
/// Its calls, channels and servers keep it alive, and it ends with the last of them: so nothing can be started on a queue
/// that is shut down.
package final class CompletionQueue: TaskExecutor {
  let loop: EventLoop

  package init() {
    Environment.initialize()
    loop = EventLoop()
    loop.start(as: self)
  }

  deinit {
    loop.shutDown()
  }

  /// Whether the caller runs on the queue's thread.
  package var isCurrent: Bool { loop.isCurrent }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if !loop.enqueue(job) {
      // The queue has ended, and a task that preferred it goes on elsewhere.
      let executor = unsafe asUnownedTaskExecutor()
      DispatchQueue.global().async { unsafe job.runSynchronously(on: executor) }
    }
  }
}
