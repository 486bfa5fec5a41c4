internal import CGRPCShim
internal import Dispatch
internal import Glibc
internal import Synchronization

/// The thread that polls one completion queue, and the jobs that run on it between two events.
///
/// The thread keeps the loop alive; the loop ends when `shutDown()` was called and the core has handed over the last
/// event. Everything marked "thread" is touched by the loop's own thread only, which is what makes it Sendable.
@safe final class EventLoop: @unchecked Sendable {
  let queue: OpaquePointer
  /// Jobs from other threads.
  private let mailbox: Mailbox
  private let threadIdentity = Atomic<UInt>(0)
  /// The executor as which jobs run: the completion queue that owns this loop. Jobs keep their executor alive.
  private unowned(unsafe) var executor: CompletionQueue?

  // Thread.
  private var ready: [UnownedJob] = []
  private var running: [UnownedJob] = []
  private var putAside: [grpc_event] = unsafe []
  private var unflushed: [any Flushable] = []

  /// How many rounds of jobs run before the loop looks for events again, so that jobs that never stop making others
  /// do not starve the calls.
  private static let roundsBetweenEvents = 16

  init() {
    unsafe queue = grpc_completion_queue_create_for_next(nil)
    unsafe mailbox = Mailbox(waking: queue)
  }

  /// Starts the thread: one of Dispatch's, which this loop keeps until its end.
  func start(as executor: CompletionQueue) {
    unsafe self.executor = executor
    DispatchQueue(label: "ThinGRPC.CompletionQueue").async { [self] in run() }
  }

  /// Begins the end: no operation may start on the queue any more, and the thread ends after the last event.
  func shutDown() {
    mailbox.close()
    unsafe grpc_completion_queue_shutdown(queue)
  }

  /// Whether the caller runs on this loop's thread.
  var isCurrent: Bool {
    threadIdentity.load(ordering: .relaxed) == UInt(pthread_self())
  }

  /// Has `job` run on the thread; false if the loop is shut down.
  func enqueue(_ job: UnownedJob) -> Bool {
    guard isCurrent else { return mailbox.post(job) }
    ready.append(job)
    return true
  }

  /// Has `sender` flushed before the thread next waits for events. Thread.
  func flushLater(_ sender: any Flushable) {
    unflushed.append(sender)
  }

  /// Looks once, without waiting, whether `completion`'s event is there already, and takes it. Thread.
  ///
  /// An operation often ends inside `grpc_call_start_batch`: then its task goes on without being suspended. The event of
  /// another operation is put aside for the loop.
  func takeEvent(of completion: Completion) -> Bool? {
    let event = unsafe grpc_completion_queue_next(queue, gpr_time_0(GPR_CLOCK_MONOTONIC), nil)
    guard unsafe event.type == GRPC_OP_COMPLETE else { return nil }
    if unsafe event.tag == Unmanaged.passUnretained(completion).toOpaque() {
      completion.releaseTag()
      return unsafe event.success != 0
    }
    unsafe putAside.append(event)
    return nil
  }

  private func run() {
    threadIdentity.store(UInt(pthread_self()), ordering: .relaxed)
    ready.reserveCapacity(256)
    running.reserveCapacity(256)
    while true {
      runReadyJobs()
      flush()
      if unsafe !putAside.isEmpty {
        let events = unsafe putAside
        unsafe putAside.removeAll(keepingCapacity: true)
        unsafe events.forEach { unsafe handle($0) }
        continue
      }
      let deadline = ready.isEmpty ? gpr_inf_future(GPR_CLOCK_MONOTONIC) : gpr_time_0(GPR_CLOCK_MONOTONIC)
      let event = unsafe grpc_completion_queue_next(queue, deadline, nil)
      switch unsafe event.type {
      case GRPC_OP_COMPLETE: unsafe handle(event)
      case GRPC_QUEUE_SHUTDOWN: return end()
      default: continue
      }
    }
  }

  private func runReadyJobs() {
    for _ in 0..<Self.roundsBetweenEvents where !ready.isEmpty {
      swap(&ready, &running)
      for job in running {
        // A job's task keeps its executor alive.
        unsafe job.runSynchronously(on: executor!.asUnownedTaskExecutor())
      }
      running.removeAll(keepingCapacity: true)
    }
  }

  private func flush() {
    guard !unflushed.isEmpty else { return }
    let senders = unflushed
    unflushed.removeAll(keepingCapacity: true)
    for sender in senders { sender.flush() }
  }

  private func handle(_ event: grpc_event) {
    guard let tag = unsafe event.tag else {
      mailbox.takeAll(into: &ready)
      return
    }
    unsafe Completion.taking(tag: tag).complete(event.success != 0)
  }

  private func end() {
    mailbox.takeAll(into: &ready)
    while !ready.isEmpty { runReadyJobs() }
    threadIdentity.store(0, ordering: .relaxed)
    unsafe grpc_completion_queue_destroy(queue)
  }
}

/// A sender that holds a message back until it is known whether another follows at once.
protocol Flushable: AnyObject {
  /// Sends what is held back. Called on the queue's thread before it waits for events.
  func flush()
}
