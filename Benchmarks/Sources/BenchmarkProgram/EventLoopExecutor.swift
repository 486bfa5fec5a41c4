public import NIOCore

/// Runs tasks on the thread of an event loop: a task that waits for the loop then resumes without a switch of threads,
/// which costs the programs here more than the work that the task does.
public final class EventLoopExecutor: TaskExecutor {
  private let eventLoop: any EventLoop

  public init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    eventLoop.execute {
      // The reference is good for as long as this closure holds `self`.
      unsafe job.runSynchronously(on: self.asUnownedTaskExecutor())
    }
  }
}
